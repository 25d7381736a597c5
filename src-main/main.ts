import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { app, screen, session, type BrowserWindow } from 'electron';
import { DisposableStore } from './base/disposable.ts';
import { terminalText } from './capsules/words/terminal-text.ts';
import { Calls } from './ipc/calls.ts';
import { kernelFailed, stackOf } from './ipc/envelope.ts';
import { InstallOffers } from './ipc/install-offers.ts';
import { requestHandlers } from './ipc/requests.ts';
import { serveRequests } from './ipc/serve-requests.ts';
import { StateFeed } from './ipc/state-feed.ts';
import { TrustedSenders } from './ipc/trusted-senders.ts';
import { UpdateFeed } from './ipc/update-feed.ts';
import { APP_ORIGIN } from './shell/constants.ts';
import { addGuestFlags } from './shell/guest-pages/guest-flags.ts';
import { createGuestPages } from './shell/guest-pages/guest-pages.ts';
import { lockDownSession } from './shell/page/lockdown.ts';
import { addNameFlags, forbidNameLookups, withNameLookups } from './shell/page/names.ts';
import { registerSchemes, serveApp } from './shell/page/protocol.ts';
import { quitInOrder } from './shell/quit.ts';
import { returnMemory } from './shell/return-memory.ts';
import { systemAutostart } from './shell/start/autostart.ts';
import { buildFactsOf } from './shell/start/build-facts.ts';
import { bundledCapsules } from './shell/start/bundled-capsules.ts';
import { requestsSafeMode, type Handover } from './shell/start/command-line.ts';
import { namedDataFolder } from './shell/start/data-folder.ts';
import { decideStart } from './shell/start/decide-start.ts';
import { LateStarts } from './shell/start/late-starts.ts';
import { openTargets } from './shell/start/open-targets.ts';
import { createOpening } from './shell/start/opening.ts';
import { appUpdates } from './shell/updates/app-updates.ts';
import { chooseCapsule, confirmInDialog } from './shell/window/dialogs.ts';
import { keepWindowState } from './shell/window/keep-state.ts';
import { setApplicationMenu } from './shell/window/menu.ts';
import { windowPlace } from './shell/window/state.ts';
import { openWindow } from './shell/window/window.ts';
import { writeFileAtomically } from './store/atomic-file.ts';
import { readSmallFile, removeFile, writeSmallFile } from './store/small-file.ts';

// Names of capsules and files stand in these lines, and a terminal would act on what is in them.
const log = (line: string): void =>
  void process.stderr.write(`${process.stderr.isTTY ? terminalText(line) : line}\n`);

/** Put in place when the application is built; see electron.vite.config.ts. */
declare const BUNDLED_CAPSULES: readonly string[];

/** Vite's server during `npm run dev`; a packaged application never listens to the environment for its page. */
const devUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
const origin = devUrl === undefined ? APP_ORIGIN : new URL(devUrl).origin;

const build = buildFactsOf(readSmallFile(join(app.getAppPath(), 'package.json')));
const offers = new InstallOffers(log);
const open = createOpening(offers, (path) =>
  stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  ),
);

const appFolder = app.isPackaged ? null : app.getAppPath();
const lateStarts = new LateStarts(appFolder);

const asked = decideStart({
  build,
  dataFolder: namedDataFolder(process.env['CAPSULE_DESKTOP_DATA']),
  appFolder,
  opened,
  log,
});
if (asked !== null) {
  registerSchemes();
  addNameFlags();
  addGuestFlags();
  open(openTargets(asked, process.platform));
  app.whenReady().then(start, (error: unknown) => log(stackOf(error)));
}

function opened(handover: Handover | null): void {
  if (!lateStarts.keep(handover)) {
    open(handover === null ? [] : openTargets(handover, process.platform));
  }
}

/** The window first: the kernel starts when it can be seen, and the page's requests wait for the kernel. */
function start(): void {
  const trusted = new TrustedSenders(origin);
  forbidNameLookups();
  const locked = lockDownSession(session.defaultSession, devUrl === undefined ? null : origin);
  const served = new DisposableStore();
  // Until the window has closed it shows what ends, and may ask.
  app.once('will-quit', () => void served.dispose());
  served.add(
    serveApp(session.defaultSession, (file) => readFile(join(import.meta.dirname, '../renderer', file))),
  );
  served.add(returnMemory());
  setApplicationMenu({
    development: devUrl !== undefined,
    autostart: app.isPackaged
      ? systemAutostart({ read: readSmallFile, write: writeSmallFile, remove: removeFile })
      : null,
  });
  const stateFile = join(app.getPath('userData'), 'window.json');
  const window = openWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    url: devUrl === undefined ? `${APP_ORIGIN}/index.html` : new URL(devUrl).href,
    place: windowPlace(
      readSmallFile(stateFile),
      screen.getAllDisplays().map(({ workArea }) => workArea),
    ),
    locked,
    onCreated: (window) => {
      window.once('closed', trusted.add(window.webContents.id));
    },
    log,
  });

  const stateKept = keepWindowState(window, (text) => writeFileAtomically(stateFile, text), log);

  const kernel = firstLook(window).then(startKernel);
  const endAll = quitInOrder({
    window,
    ending: [async () => (await kernel.catch(() => null))?.dispose(), stateKept],
    onEnding: () => lateStarts.begin(),
    log,
  });
  const updates = appUpdates({
    endAll,
    withNetwork: withNameLookups,
    askOperator: (text) => confirmInDialog(window, text),
    log,
  });
  const handlers = kernel.then(
    (started) =>
      requestHandlers({
        kernel: started,
        feed: new StateFeed(started),
        calls: new Calls(),
        offers,
        chooseCapsule,
        updates,
        updateFeed: new UpdateFeed(updates),
        restartNormally: () => lateStarts.restartNormally(),
        log,
      }),
    (error: unknown) => {
      log(`the kernel failed to start: ${stackOf(error)}`);
      throw kernelFailed(error);
    },
  );
  // Every request reports it; without this line an application without a window would end by it.
  handlers.catch(() => undefined);
  served.add(serveRequests({ trusted, handlers, log }));
}

/** Resolves when the window is there, or will not be. Loading the kernel earlier would hold its page up. */
function firstLook(window: BrowserWindow): Promise<void> {
  return new Promise((resolve) => {
    const seen = (): void => resolve();
    window.once('show', seen);
    window.once('closed', seen);
    window.webContents.once('did-fail-load', seen);
    window.webContents.once('render-process-gone', seen);
  });
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}

async function startKernel() {
  const { createKernel } = await import('./kernel/kernel.ts');
  return createKernel({
    dataDir: app.getPath('userData'),
    version: app.getVersion(),
    electronVersion: process.versions.electron ?? null,
    build,
    safeMode: requestsSafeMode(process.argv),
    bundled: await bundledCapsules(join(app.getAppPath(), 'capsules'), BUNDLED_CAPSULES, isFile),
    openGuestPage: createGuestPages({
      preload: join(import.meta.dirname, '../preload/guest.cjs'),
      read: (file) => readFile(join(import.meta.dirname, '../kernel', file)),
      log,
    }),
    log,
  });
}
