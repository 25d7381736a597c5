import { electronPath } from './electron.mjs';
import { handOver } from './lib/hand-over.mjs';
import { root } from './lib/paths.mjs';
import { prepareOrExit } from './prepare.mjs';
import { electronFlags } from './electron/flags.mjs';
import { hasDisplay } from './prepare/system-packages.mjs';

// `npm start`: prepares what is missing and opens the window.
await prepareOrExit({ window: true, components: true, build: 'app' });

if (!hasDisplay()) {
  process.stderr.write(
    [
      'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.',
      'With a virtual display:  xvfb-run -a npm start',
      'Without any window:      npm run --silent capsule -- run capsules/runner --grant all --invoke run',
      '',
    ].join('\n'),
  );
  process.exit(1);
}

const { path } = await electronPath();
process.exit(await handOver(path, [...electronFlags(), root, ...process.argv.slice(2)]));
