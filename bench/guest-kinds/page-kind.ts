import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deserialize } from 'node:v8';
import { app } from 'electron';
import { SandboxSpawner } from '../../src-main/os/child/spawn.ts';
import { createGuestPages } from '../../src-main/runtime/guest-process/guest-pages.ts';
import { createGuestThreads } from '../../src-main/runtime/guest-process/guest-threads.ts';
import type { SandboxedPage } from '../../src-main/runtime/sandboxed-page.ts';
import { addGuestFlags } from '../../src-main/shell/guest-pages/guest-flags.ts';
import { createGuestPages as createOpenPage } from '../../src-main/shell/guest-pages/guest-pages.ts';
import { registerSchemes } from '../../src-main/shell/page/protocol.ts';
import type { BarePeer } from './bare.ts';
import type { BenchComponents } from './components.ts';
import { measureKind } from './measure-kind.ts';

/** A page that has just been opened still tidies up. */
const SETTLE_MS = 300;

// The program of Electron that measures guests in pages, in its main process: `electron <folder> <built> <components>`, where
// the folder has the bundles of the bench, the second one those of the application. Prints the figures as JSON.
const [own = '', built = '', componentsFile = ''] = process.argv.slice(-3);

registerSchemes();
addGuestFlags();
app.on('window-all-closed', () => undefined);
app
  .whenReady()
  .then(measure)
  .then(
    () => app.exit(0),
    (error: unknown) => {
      console.error(error);
      app.exit(1);
    },
  );

async function measure(): Promise<void> {
  const components = deserialize(readFileSync(componentsFile)) as BenchComponents;
  const openPage = createOpenPage({
    preload: path.join(own, 'preload.cjs'),
    read: (file) => Promise.resolve(readFileSync(path.join(file.startsWith('bare-') ? own : built, file))),
    log: console.error,
  });
  const spawner = new SandboxSpawner(built);
  const pids: number[] = [];
  let spare: Promise<unknown> = Promise.resolve();
  const pages = createGuestPages({
    open(files) {
      const opening = openPage(files);
      spare = opening.then(({ pid }) => pids.push(pid));
      return opening;
    },
    limit: (pid, bytes) => spawner.limitRunning(pid, bytes),
  });
  const page = await openPage({ 'worker.js': 'bare-page-worker.js' });
  const figures = await measureKind(
    {
      guests: pages,
      pids,
      spareReady: () => spare.then(() => pause(SETTLE_MS)),
      threads: createGuestThreads(path.join(built, 'guest-worker.js')),
      bare: barePeer(page),
    },
    components,
  );
  console.log(JSON.stringify(figures));
  await pages.dispose();
  page.kill();
  await spawner.dispose();
}

function barePeer(page: SandboxedPage): BarePeer {
  let listener = (): void => undefined;
  page.listen(() => listener());
  return {
    post: (message) => page.post(message),
    answer: (message) => page.respond(message),
    listen(onMessage) {
      listener = onMessage;
    },
    close: () => page.kill(),
  };
}
