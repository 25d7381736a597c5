import { existsSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

/**
 * Runs npm. Where its own program can be found it is started with our Node: on Windows the `npm` of the PATH is a
 * script for a shell, which cannot be started without one.
 *
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNpm(args, options) {
  const [command = '', ...first] = npmCommand(process.env['npm_execpath'], process.execPath);
  return run(command, [...first, ...args], options);
}

/**
 * @param {string | undefined} started what `npm start` and its like say they are; another package manager says so too
 * @param {string} node
 * @returns {string[]} the command line that all arguments of npm can follow
 */
export function npmCommand(started, node) {
  const besideNode = path.join(path.dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const program = [started ?? '', besideNode].find(
    (file) => path.basename(file) === 'npm-cli.js' && existsSync(file),
  );
  return program === undefined ? ['npm'] : [node, program];
}
