import { app, BrowserWindow } from 'electron';
import { createMutex } from '../../base/mutex.ts';
import type { Failure } from '../../contract/requests.ts';
import type { Handover } from './command-line.ts';
import { notACapsule, type OpenTarget } from './open-targets.ts';

/** Who shows what is opened. Both may be called before there is a window or a kernel. */
export interface Offers {
  readonly offer: (path: string) => void;
  readonly refuse: (source: string, failure: Failure) => void;
}

export type Open = (targets: readonly OpenTarget[]) => void;

/**
 * Where everything that is opened goes through, however it came: the window comes to the front and shows
 * what it is, or why it is nothing. Nothing is installed and nothing runs.
 *
 * @param isFolder false when there is none; never rejects
 */
export function createOpening(offers: Offers, isFolder: (path: string) => Promise<boolean>): Open {
  const mutex = createMutex();
  const open = async (target: OpenTarget): Promise<void> => {
    if (target.kind === 'archive' || (target.kind === 'folder' && (await isFolder(target.path)))) {
      offers.offer(target.path);
    } else {
      const { source, failure } = target.kind === 'refused' ? target : notACapsule(target.path);
      offers.refuse(source, failure);
    }
  };
  return (targets) => {
    bringToFront();
    for (const target of targets) {
      void mutex(() => open(target));
    }
  };
}

/** macOS hands over files and links by events, also to the application that it starts for them. Call before `ready`. */
export function hearSystem(onOpened: (handover: Handover) => void): void {
  const opened = (operand: string): void => onOpened({ folder: '/', operands: [operand], cut: false });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    opened(path);
  });
  app.on('open-url', (event, link) => {
    event.preventDefault();
    opened(link);
  });
}

function bringToFront(): void {
  for (const window of BrowserWindow.getAllWindows()) {
    if (window.isMinimized()) {
      window.restore();
    }
    // One that is being made shows itself when its first picture is ready.
    if (window.isVisible()) {
      window.show();
      window.focus();
    }
  }
}
