import type { AstridNetHost1_0_0 } from '../../src-main/host/generated/astrid-net-1-0-0.ts';
import { waitFor } from '../../src-main/base/wait-for.ts';
import { nothing } from '../../src-main/host/pipeline/host-function.ts';
import { resource } from '../../src-main/host/pipeline/resource.ts';
import type { Allowed } from '../../src-main/policy/gate.ts';
import { sketch, type Endpoint } from './shape.ts';

interface Connection {
  readonly peer: string;
  readonly close: () => void;
}

interface Listener {
  readonly at: string;
  readonly next: () => Connection | undefined;
  readonly onConnection: (listener: () => void) => () => void;
  readonly close: () => void;
}

declare const sockets: {
  readonly connect: (to: Allowed<Endpoint>, signal: AbortSignal) => Promise<Connection>;
  readonly listen: (at: Allowed<Endpoint>) => Promise<Listener>;
};
declare const lookUp: (host: string, port: number) => Promise<Endpoint>;
declare const wouldBlock: () => Error;

const STREAM = resource<Connection>()('astrid:net/host@1.0.0#tcp-stream');
const LISTENER = resource<Listener>()('astrid:net/host@1.0.0#tcp-listener');

export const connect = sketch<AstridNetHost1_0_0['connect-tcp'], Endpoint>({
  blocks: true,
  subject: (_call, host, port) => lookUp(host, port),
  needs: (endpoint) => [{ kind: 'endpoint', endpoint, use: 'connect' }],
  charges: () => [
    { rate: 'connections', amount: 1 },
    { stock: 'sockets', amount: 1 },
  ],
  audit: 'always',
  target: ({ host, port, address }) => `${host}:${port} at ${address}`,
  run: async (call, endpoint) => {
    const allowed = await call.gate.require({ kind: 'endpoint', endpoint, use: 'connect' });
    const connection = await sockets.connect(allowed, call.signal);
    return call.handles.insert(STREAM, connection, {
      dispose: connection.close,
      ends: () => connection.peer,
    });
  },
});

export const bind = sketch<AstridNetHost1_0_0['bind-tcp'], Endpoint>({
  subject: (_call, host, port) => lookUp(host, port),
  needs: (endpoint) => [{ kind: 'endpoint', endpoint, use: 'listen' }],
  charges: () => [{ stock: 'sockets', amount: 1 }],
  audit: 'always',
  target: ({ address, port }) => `${address}:${port}`,
  run: async (call, endpoint) => {
    const allowed = await call.gate.require({ kind: 'endpoint', endpoint, use: 'listen' });
    const listener = await sockets.listen(allowed);
    return call.handles.insert(LISTENER, listener, { dispose: listener.close, ends: () => listener.at });
  },
});

/** A connection lives on after its listener: no child of it, but a socket of its own to be charged. */
export const accept = sketch<AstridNetHost1_0_0['[method]tcp-listener.accept'], Listener>({
  blocks: true,
  subject: (call, self) => call.handles.get(LISTENER, self),
  needs: nothing('the listener passed the gate when it was opened'),
  charges: () => [{ stock: 'sockets', amount: 1 }],
  audit: 'always',
  target: ({ at }) => at,
  run: async (call, listener) => {
    const connection = await waitFor({
      now: listener.next,
      subscribe: listener.onConnection,
      signal: call.signal,
    });
    if (connection === undefined) {
      throw wouldBlock();
    }
    return call.handles.insert(STREAM, connection, { dispose: connection.close });
  },
});
