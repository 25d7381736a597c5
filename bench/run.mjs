import path from 'node:path';
import { runOnDisplay } from '../build/lib/on-display.mjs';
import { root } from '../build/lib/paths.mjs';
import { prepareOrExit } from '../build/prepare.mjs';

// `npm run bench [name…]`
await prepareOrExit({ window: true, components: true, build: 'app' });
process.exitCode = await runOnDisplay([path.join(root, 'bench', 'benches.mjs'), ...process.argv.slice(2)]);
