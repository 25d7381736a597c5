import { watchKernel } from './bundle/kernel.mjs';
import { electronPath } from './electron.mjs';
import { electronFlags } from './electron/flags.mjs';
import { handOver } from './lib/hand-over.mjs';
import { packageFile } from './lib/paths.mjs';
import { forget } from './lib/stamp.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm run dev`: the window reloads and the main process restarts when their source changes.
await prepareOrExit({ window: true, components: true, build: 'kernel' });

const { path } = await electronPath();
// From here on out/ holds what is being edited, made for development.
forget(['kernel', 'os threads', 'application']);
const unwatch = await watchKernel();
const args = [packageFile('electron-vite/bin/electron-vite.js'), 'dev', '--watch'];
if (electronFlags().length > 0) {
  args.push('--noSandbox');
}
const status = await handOver(process.execPath, args, { ...process.env, ELECTRON_EXEC_PATH: path });
await unwatch();
process.exit(status);
