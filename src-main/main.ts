import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, session } from 'electron';
import { Calls } from './ipc/calls.ts';
import { kernelFailed, stackOf } from './ipc/envelope.ts';
import { requestHandlers } from './ipc/requests.ts';
import { serveRequests } from './ipc/serve-requests.ts';
import { StateFeed } from './ipc/state-feed.ts';
import { TrustedSenders } from './ipc/trusted-senders.ts';
import { registerAppScheme, serveApp } from './shell/app-protocol.ts';
import { bundledCapsules } from './shell/bundled-capsules.ts';
import { APP_ORIGIN } from './shell/constants.ts';
import { chooseCapsule } from './shell/dialogs.ts';
import { lockDownSession } from './shell/lockdown.ts';
import { setApplicationMenu } from './shell/menu.ts';
import { claimOneInstance } from './shell/one-instance.ts';
import { quitInOrder } from './shell/quit.ts';
import { openWindow } from './shell/window.ts';

const log = (line: string): void => void process.stderr.write(`${line}\n`);
const ownData = process.env['CAPSULE_DESKTOP_DATA'];
/** Vite's server during `npm run dev`; a packaged application never listens to the environment for its page. */
const devUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
const origin = devUrl === undefined ? APP_ORIGIN : new URL(devUrl).origin;

if (ownData !== undefined) {
  app.setPath('userData', ownData);
}
registerAppScheme();
if (claimOneInstance()) {
  app.whenReady().then(start, (error: unknown) => log(stackOf(error)));
} else {
  app.exit(0);
}

/** The window first: it loads while the kernel starts, and its requests wait for the kernel. */
function start(): void {
  const trusted = new TrustedSenders(origin);
  lockDownSession(session.defaultSession, devUrl === undefined ? null : origin);
  serveApp(session.defaultSession, (file) => readFile(join(import.meta.dirname, '../renderer', file)));
  setApplicationMenu(devUrl !== undefined);
  const window = openWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    url: devUrl === undefined ? `${APP_ORIGIN}/index.html` : new URL(devUrl).href,
    onCreated: (window) => {
      window.once('closed', trusted.add(window.webContents.id));
    },
    log,
  });

  const kernel = startKernel(new Promise((resolve) => void window.once('show', resolve)));
  const handlers = kernel.then(
    (started) =>
      requestHandlers({
        kernel: started,
        feed: new StateFeed(started),
        calls: new Calls(),
        chooseCapsule,
        log,
      }),
    (error: unknown) => {
      log(`the kernel did not start: ${stackOf(error)}`);
      throw kernelFailed(error);
    },
  );
  // Every request reports it; without this line an application without a window would end by it.
  handlers.catch(() => undefined);
  serveRequests({ trusted, handlers, log });
  quitInOrder(async () => {
    const started = await kernel.catch(() => null);
    await started?.dispose();
  }, log);
}

/** @param settled the window is there: what can wait begins then, and does not delay it */
async function startKernel(settled: Promise<void>) {
  const { createKernel } = await import('./kernel.ts');
  return createKernel({
    dataDir: app.getPath('userData'),
    version: app.getVersion(),
    electronVersion: process.versions.electron ?? null,
    bundled: await bundledCapsules(join(app.getAppPath(), 'capsules'), readdir),
    settled,
    log,
  });
}
