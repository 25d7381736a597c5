import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that only counts: whatever reaches it has left the application. */
export interface Bait {
  /** `127.0.0.1:port`, for a URL of any scheme. */
  readonly host: string;
  /** What was asked for so far, `METHOD path`; an upgrade to a socket counts. */
  readonly asked: readonly string[];
  readonly close: () => void;
}

export async function openBait(): Promise<Bait> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end();
  });
  server.on('upgrade', (request, socket) => {
    asked.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
