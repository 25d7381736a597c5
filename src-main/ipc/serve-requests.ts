import { ipcMain, webContents, type WebContents } from 'electron';
import { systemClock } from '../base/clock.ts';
import { requestEffects, type RequestName } from '../contract/requests.ts';
import { answerRequest, type RequestEdge } from './answer-request.ts';
import { RequestBounds } from './request-bounds.ts';
import type { SenderEvent } from './trusted-senders.ts';
import type { WindowPort } from './window-port.ts';

/**
 * Registers one channel per request. Call before the first page loads: a request made before the kernel
 * is up waits for it. Returns the function that stops serving.
 */
export function serveRequests(parts: Omit<RequestEdge, 'bounds'>): () => void {
  const bounds = new RequestBounds<SenderEvent['sender']>(systemClock, ({ id }, reason) => {
    parts.log(`the renderer of web contents ${id} is ended: ${reason}`);
    webContents.fromId(id)?.forcefullyCrashRenderer();
  });
  const edge = { ...parts, bounds };
  const names = Object.keys(requestEffects) as RequestName[];
  for (const name of names) {
    ipcMain.handle(name, (event, ...sent: unknown[]) =>
      answerRequest(edge, name, event, () => windowPort(event.sender), sent),
    );
  }
  return () => names.forEach((name) => ipcMain.removeHandler(name));
}

/** A window's web contents as a port. */
function windowPort(contents: WebContents): WindowPort {
  return {
    id: contents.id,
    send: (name, value) => {
      if (!contents.isDestroyed() && !contents.isCrashed()) {
        contents.send(name, value);
      }
    },
    onGone: (listener) => {
      const once = (): void => {
        stop();
        listener();
      };
      const stop = (): void => {
        contents.off('destroyed', once);
        contents.off('render-process-gone', once);
      };
      contents.on('destroyed', once);
      contents.on('render-process-gone', once);
      return stop;
    },
    onReplaced: (listener) => {
      const heard = (): void => listener();
      contents.on('did-navigate', heard);
      return () => contents.off('did-navigate', heard);
    },
  };
}
