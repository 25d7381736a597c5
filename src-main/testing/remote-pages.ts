import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';
import { deferred } from '../base/deferred.ts';
import type { OpenPage, PageEnd, SandboxedPage } from '../runtime/sandboxed-page.ts';
import type { HostEvent, HostRequest } from './page-host-messages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The socket of the program that opens pages; only in the project `pages`. */
    pageHost: string;
    pageHostPid: number;
  }
}

/** Pages of a real Electron, which runs beside the tests. */
export interface RemotePages {
  readonly open: OpenPage;
  /** Ends the pages, too. */
  readonly close: () => void;
}

export function connectToPageHost(): RemotePages {
  const socket = connect(inject('pageHost'));
  const handlers = new Map<number, (event: HostEvent) => void>();
  const send = (request: HostRequest): void => void socket.write(`${JSON.stringify(request)}\n`);
  createInterface(socket).on('line', (line) => {
    const event = JSON.parse(line) as HostEvent;
    handlers.get(event.id)?.(event);
  });
  // What is under way then is over for the test as well.
  socket.on('error', () => undefined);
  let lastId = 0;

  const open: OpenPage = (files) => {
    const id = ++lastId;
    const opened = deferred<SandboxedPage>();
    const exited = deferred<PageEnd>();
    const early: unknown[] = [];
    let ended = false;
    let onMessage = (data: unknown): void => void early.push(data);
    const pageOf = (pid: number, zeroNs: string): SandboxedPage => ({
      pid,
      zeroNs: BigInt(zeroNs),
      get ended() {
        return ended;
      },
      exited: exited.promise,
      serve: (name, script) => send({ id, act: 'serve', name, script }),
      post: (message) => send({ id, act: 'post', bytes: base64(message) }),
      respond: (response) => send({ id, act: 'respond', bytes: base64(response) }),
      listen(listener) {
        onMessage = listener;
        early.forEach((data) => listener(data));
      },
      kill: () => send({ id, act: 'kill' }),
    });
    handlers.set(id, (event) => {
      switch (event.event) {
        case 'opened':
          opened.resolve(pageOf(event.pid, event.zeroNs));
          return;
        case 'failed':
          opened.reject(new Error(event.message));
          return;
        case 'message':
          onMessage(event.bytes === null ? null : new Uint8Array(Buffer.from(event.bytes, 'base64')));
          return;
        case 'exited':
          ended = true;
          handlers.delete(id);
          exited.resolve({ reason: event.reason, exitCode: event.exitCode });
      }
    });
    send({ id, act: 'open', files });
    return opened.promise;
  };
  return { open, close: () => socket.destroy() };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
