import type { BrowserWindow } from 'electron';
import { createMutex } from '../../base/mutex.ts';
import { WINDOW_STATE_DELAY_MS } from '../constants.ts';
import { windowStateText } from './state.ts';

/**
 * Keeps where the window is: a while after each change, and when it closes.
 *
 * @param write replaces the file; a failure is logged, the window goes on
 * @returns resolves when the latest place is written; call before the application ends
 */
export function keepWindowState(
  window: BrowserWindow,
  write: (text: string) => Promise<void>,
  log: (line: string) => void,
): () => Promise<void> {
  const mutex = createMutex();
  let timer: NodeJS.Timeout | undefined;
  let written = textOf(window);

  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    // Minimised or gone, a window says nothing about its place.
    const text = window.isDestroyed() || window.isMinimized() ? written : textOf(window);
    if (text !== written) {
      written = text;
      mutex(() => write(text)).catch((error: unknown) =>
        log(`could not save the window state: ${String(error)}`),
      );
    }
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, WINDOW_STATE_DELAY_MS);
  };

  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  window.on('close', save);
  return () => {
    save();
    return mutex(() => Promise.resolve());
  };
}

function textOf(window: BrowserWindow): string {
  return windowStateText({ bounds: window.getNormalBounds(), maximised: window.isMaximized() });
}
