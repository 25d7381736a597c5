import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/** The signals that somebody who stops us means for the program that we stand in for. */
const PASSED_ON = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Hands terminal, signals and exit status over to a program: to whoever started us, it is us.
 *
 * Ctrl-C reaches every process of the terminal's foreground group, the program included, so it is not sent
 * a second time; a signal aimed at us alone (`kill`) is passed on. The two are told apart by `isTTY`: a
 * process group of our own, made by a job-control shell, always comes with a terminal.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} the exit status, 128 + n for a death by signal n
 */
export function handOver(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    const fromTerminal = process.stdin.isTTY;
    for (const signal of PASSED_ON) {
      process.on(signal, () => {
        if (!(signal === 'SIGINT' && fromTerminal)) {
          child.kill(signal);
        }
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
