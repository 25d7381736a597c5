// Starts the application that BENCH_APP names as if it had been started itself, and prints a line of JSON when its first window
// is shown, and one whenever more of the capsules whose names begin with BENCH_CAPSULES run, until as many are there as
// BENCH_INSTALLED and BENCH_RUNNING say.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const LOOK_MS = 100;
const wanted = {
  installed: Number(process.env['BENCH_INSTALLED']),
  running: Number(process.env['BENCH_RUNNING']),
};
const prefix = JSON.stringify(process.env['BENCH_CAPSULES'] ?? '');
const COUNT = `capsuleDesktop.request('state.snapshot', null).then(({ ok, value }) => {
  // One whose loop has not signalled that it is ready has a reason for its state.
  const isReady = ({ id, state, stateReason }) =>
    id.startsWith(${prefix}) && state === 'running' && stateReason === '';
  const all = ok ? value.capsules : [];
  return {
    installed: all.length,
    running: all.filter(isReady).length,
  };
})`;

app.once('browser-window-created', (_event, window) => {
  window.once('show', () => {
    say({ shown: true, pid: window.webContents.getOSProcessId() });
    look(window.webContents, '');
  });
});

function look(contents, before) {
  setTimeout(() => {
    contents.executeJavaScript(COUNT).then(
      (count) => {
        const now = JSON.stringify(count);
        if (now !== before) {
          say(count);
        }
        // Looking on would be part of what it takes when nothing happens.
        if (now !== JSON.stringify(wanted)) {
          look(contents, now);
        }
      },
      () => undefined,
    );
  }, LOOK_MS);
}

function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

const folder = process.env['BENCH_APP'] ?? '';
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setName(manifest.productName);
app.setAppPath(folder);
await import(pathToFileURL(join(folder, manifest.main)).href);
