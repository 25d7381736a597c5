import { app, type BrowserWindow } from 'electron';
import { QUIT_LIMIT_MS } from './constants.ts';

/** What a shell reports for a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130;

export interface QuitOptions {
  /** Windows tells it of the end of the user's session. */
  readonly window: BrowserWindow;
  /** Each ends a part of what runs; all are begun at once, and each is waited for whatever becomes of the others. */
  readonly ending: readonly (() => Promise<void>)[];
  /** Called when quitting has begun and can no longer be cancelled. */
  readonly onEnding: () => void;
  readonly log: (line: string) => void;
}

/**
 * Quits in order, whatever asks for it (menu, last window, SIGINT, SIGTERM, the end of the session on Windows): first `ending` ends what
 * runs, once, while the window still shows it; then the application goes. A second SIGINT does not wait.
 *
 * @returns ends what runs and does not quit yet: for what may be done only then. Never rejects.
 */
export function quitInOrder({ window, ending: parts, onEnding, log }: QuitOptions): () => Promise<void> {
  let ending = false;
  let disposal: Promise<void> | undefined;
  let disposed = false;
  const endAll = (): Promise<void> =>
    (disposal ??= Promise.all(
      parts.map((end) =>
        withinLimit(end()).catch((error: unknown) => log(`unclean shutdown: ${String(error)}`)),
      ),
    ).then(() => {
      disposed = true;
    }));
  app.on('before-quit', (event) => {
    if (disposed) {
      return;
    }
    event.preventDefault();
    if (ending) {
      return;
    }
    ending = true;
    onEnding();
    void endAll().then(() => app.quit());
  });
  app.on('window-all-closed', () => app.quit());
  process.on('SIGTERM', () => app.quit());
  // Windows, at log-out: no `before-quit` comes, and there is little time. That it is an ordinary end is written at once.
  window.on('session-end', () => void endAll());
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) {
      app.exit(INTERRUPTED);
    }
    interrupted = true;
    app.quit();
  });
  return endAll;
}

async function withinLimit(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`a part did not stop within ${QUIT_LIMIT_MS} ms`)),
      QUIT_LIMIT_MS,
    );
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
