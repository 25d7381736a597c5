import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

/** How much of a command's output is kept for a failure message. */
const KEPT_OUTPUT = 4 * 1024 * 1024;

/**
 * @typedef {object} RunResult
 * @property {number} status exit status; 128 for a death by signal, 127 when the program could not be started
 * @property {string} output stdout and stderr in order of arrival
 * @property {string} stdout
 */

/**
 * Runs a command to its end. Never throws for a failing command: the caller decides what that means.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, timeout?: number}} [options]
 *   `show` hands our own terminal to the command instead of collecting its output; `timeout` in milliseconds
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: options.show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-KEPT_OUTPUT));
    child.stdout?.on('data', (chunk) => {
      keep(chunk);
      stdout += chunk;
    });
    child.stderr?.on('data', keep);
    const { timeout } = options;
    const timer = timeout
      ? setTimeout(() => {
          output += `\nstopped after ${timeout / 1000} s`;
          child.kill('SIGKILL');
        }, timeout)
      : undefined;
    const settle = (/** @type {number} */ status) => {
      clearTimeout(timer);
      resolve({ status, output, stdout });
    };
    child.on('error', (error) => {
      output += error.message;
      settle(127);
    });
    child.on('close', (code) => settle(code ?? 128));
  });
}

/**
 * Runs one of our own or a package's Node programs with the Node that runs us.
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}
