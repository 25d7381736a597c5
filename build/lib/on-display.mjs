import { hasDisplay } from '../prepare/system-packages.mjs';
import { run } from './run.mjs';

/**
 * A screen large enough for the window at its first size. Without `-noreset` the server begins anew whenever its last client
 * has gone, and closes the connections that are just being made: a program that starts then "misses its X server".
 */
const SERVER = '-noreset -screen 0 1440x960x24';

/**
 * @param {readonly [string, ...string[]]} line
 * @returns {[string, ...string[]]} the command line that opens its windows on the display that is there, else on a virtual one
 */
export function onDisplay(line) {
  return hasDisplay() ? [...line] : ['xvfb-run', '-a', '-s', SERVER, ...line];
}

/**
 * Runs one of our own or a package's Node programs where it can open a window: on the display that is there, else on
 * a virtual one that the preparation of a window has installed.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} exit status
 */
export async function runOnDisplay(args, env = process.env) {
  const [command, ...rest] = onDisplay([process.execPath, ...args]);
  const { status } = await run(command, rest, { show: true, env });
  return status;
}
