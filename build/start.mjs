import { electronPath } from './electron.mjs';
import { electronFlags } from './electron/flags.mjs';
import { handOver } from './lib/hand-over.mjs';
import { noDisplay } from './lib/no-display.mjs';
import { root } from './lib/paths.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm start`: prepares what is missing and opens the window. Where none can open, that is the first thing to know:
// preparing takes minutes in a fresh clone.
const obstacle = noDisplay();
if (obstacle !== null) {
  process.stderr.write(obstacle);
  process.exit(1);
}
await prepareOrExit({ window: true, components: true, build: 'app' });

const { path } = await electronPath();
process.exit(await handOver(path, [...electronFlags(), root, ...process.argv.slice(2)]));
