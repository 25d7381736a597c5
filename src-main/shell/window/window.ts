import { app, BrowserWindow, dialog, nativeTheme } from 'electron';
import {
  BACKGROUND_DARK,
  BACKGROUND_LIGHT,
  CRASH_LOOP_MS,
  WINDOW_MIN_HEIGHT,
  WINDOW_MIN_WIDTH,
} from '../constants.ts';
import { LOCKED_PREFERENCES, lockDownContents } from '../page/lockdown.ts';
import type { WindowPlace } from './state.ts';

export interface WindowOptions {
  /** Absolute path of the built preload. */
  readonly preload: string;
  /** The page, without a fragment; the window shows no other. */
  readonly url: string;
  readonly place: WindowPlace;
  /** Resolves when the page's session is locked down; the page is not loaded before. */
  readonly locked: Promise<void>;
  /** Told before the page loads, so that its first request is known. */
  readonly onCreated: (window: BrowserWindow) => void;
  readonly log: (line: string) => void;
}

/** Opens the application's window; it becomes visible when its first picture is ready. */
export function openWindow({ preload, url, place, locked, onCreated, log }: WindowOptions): BrowserWindow {
  const { maximised, ...bounds } = place;
  const window = new BrowserWindow({
    ...bounds,
    minWidth: WINDOW_MIN_WIDTH,
    minHeight: WINDOW_MIN_HEIGHT,
    show: false,
    backgroundColor: background(),
    webPreferences: { ...LOCKED_PREFERENCES, preload },
  });
  window.once('ready-to-show', () => {
    // Maximising shows a window as well: not before there is something to show.
    if (maximised) {
      window.maximize();
    }
    window.show();
  });
  const followTheme = (): void => window.setBackgroundColor(background());
  nativeTheme.on('updated', followTheme);
  window.once('closed', () => nativeTheme.off('updated', followTheme));
  lockDownContents(window.webContents, url, log);
  bringBackAfterCrash(window, log);
  onCreated(window);
  locked
    .then(() => (window.isDestroyed() ? undefined : window.loadURL(url)))
    .catch((error: unknown) => log(`the window did not load: ${String(error)}`));
  return window;
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND_DARK : BACKGROUND_LIGHT;
}

/** The kernel lives in main: a page that died comes back with everything still running. */
function bringBackAfterCrash(window: BrowserWindow, log: (line: string) => void): void {
  let lastCrash = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log(`the window's renderer ended: ${reason}, exit code ${exitCode}`);
    const now = performance.now();
    const again = now - lastCrash < CRASH_LOOP_MS;
    lastCrash = now;
    if (reason === 'clean-exit') {
      return;
    }
    if (again) {
      void askAfterCrashes(window);
    } else {
      window.webContents.reload();
    }
  });
}

/** A page that died before its first picture has left the window hidden, where nobody could do anything about it. */
async function askAfterCrashes(window: BrowserWindow): Promise<void> {
  window.show();
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window has crashed twice in a row.',
    detail: 'Your capsules keep running. Reload the window, or quit, which stops all running processes.',
    buttons: ['Reload', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 1) {
    app.quit();
  } else if (!window.isDestroyed()) {
    window.webContents.reload();
  }
}
