import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type * as Electron from 'electron';

/** The file that is loaded in front of the application. */
export const hookFile = join(import.meta.dirname, 'main-hook.cjs');

/** Runs a function in the application's main process; it sees nothing but its two arguments, which cross as JSON. */
export type InMain = <Argument, Answer>(
  work: (electron: typeof Electron, argument: Argument) => Answer | Promise<Answer>,
  argument: Argument,
) => Promise<Answer>;

const GONE = 'the application has gone';

interface Reply {
  readonly id: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: string;
}

/** Listens on a local socket until the application's hook connects to it. */
export async function openMainChannel(path: string): Promise<{
  readonly inMain: InMain;
  readonly close: () => void;
}> {
  const server = createServer();
  const connected: Promise<Socket> = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(path);
  await once(server, 'listening');
  const waiting = new Map<number, (reply: Reply) => void>();
  let calls = 0;
  void connected.then((socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (line) => {
      const reply = JSON.parse(line) as Reply;
      waiting.get(reply.id)?.(reply);
    });
    socket.on('close', () => {
      for (const [id, answer] of waiting) {
        answer({ id, ok: false, error: GONE });
      }
    });
  });
  return {
    async inMain<Answer>(work: unknown, argument: unknown) {
      const socket = await connected;
      calls += 1;
      const id = calls;
      const reply = await new Promise<Reply>((resolve) => {
        if (socket.destroyed) {
          resolve({ id, ok: false, error: GONE });
          return;
        }
        waiting.set(id, resolve);
        socket.write(`${JSON.stringify({ id, work: String(work), argument })}\n`);
      });
      waiting.delete(id);
      if (!reply.ok) {
        throw new Error(`in the main process: ${reply.error ?? 'it failed'}`);
      }
      return reply.value as Answer;
    },
    close() {
      void connected.then((socket) => socket.destroy());
      server.close();
    },
  };
}
