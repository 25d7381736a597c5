import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/paths.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm run --silent capsule -- <verb> …`: the kernel without a window. Nothing but the program's own result
// reaches stdout. The program runs in this very process: signals, terminal and exit status are its own.
const needs = { window: false, components: namesOurCapsule(), build: /** @type {const} */ ('kernel') };
// Status 2 says "our error": 1 is a guest's refusal.
await prepareOrExit({ ...needs, quiet: true }, 2);

const program = path.join(root, 'out', 'kernel', 'cli.js');
process.argv[1] = program;
await import(pathToFileURL(program).href);

/** A folder of ours is only of use with its component built. */
function namesOurCapsule() {
  return process.argv.slice(2).some((argument) => {
    const place = path.relative(root, path.resolve(argument));
    return /^(capsules|e2e[\\/]guests)[\\/]/.test(place) && existsSync(path.resolve(argument));
  });
}
