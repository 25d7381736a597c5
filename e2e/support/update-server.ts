import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SingleFile } from './single-file-program.ts';

/** How the file is sent: whole, up to its half and then cut off, or after its half in drops that take for ever. */
export type Sending = 'whole' | 'cut' | 'slow';

/** Twice as often as `electron-updater` tells how far it is, and only when something has come. */
const DROP_INTERVAL_MS = 500;

export interface UpdateServer {
  readonly address: string;
  /** Paths asked for so far, without their queries. */
  readonly asked: readonly string[];
  /** What is offered from now on. */
  offer: (file: SingleFile, change?: { readonly sha512?: string; readonly sending?: Sending }) => void;
  readonly close: () => Promise<void>;
}

/** A generic feed on this machine: one description and one file. */
export async function updateServer(): Promise<UpdateServer> {
  const asked: string[] = [];
  let offered: { file: SingleFile; sha512: string; sending: Sending } | null = null;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    asked.push(pathname);
    if (offered !== null && pathname === '/feed/latest-linux.yml') {
      response.end(description(offered.file, offered.sha512));
    } else if (offered !== null && pathname === '/feed/program.AppImage') {
      send(response, offered.file, offered.sending);
    } else {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/feed/`,
    asked,
    offer(file, { sha512 = file.sha512, sending = 'whole' } = {}) {
      offered = { file, sha512, sending };
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function description({ version, size }: SingleFile, sha512: string): string {
  return [
    `version: ${version}`,
    'files:',
    '  - url: program.AppImage',
    `    sha512: ${sha512}`,
    `    size: ${size}`,
    'path: program.AppImage',
    `sha512: ${sha512}`,
    `releaseDate: '2026-01-01T00:00:00.000Z'`,
    '',
  ].join('\n');
}

function send(response: ServerResponse, { path, size }: SingleFile, sending: Sending): void {
  response.writeHead(200, { 'Content-Length': size });
  if (sending === 'whole') {
    createReadStream(path).pipe(response);
    return;
  }
  const half = createReadStream(path, { end: Math.floor(size / 2) });
  half.pipe(response, { end: false });
  half.once('end', () => {
    if (sending === 'cut') {
      // After what was written has left, so that a half really arrives.
      response.write('', () => response.destroy());
      return;
    }
    const dropping = setInterval(() => response.write('drop'), DROP_INTERVAL_MS);
    response.once('close', () => clearInterval(dropping));
  });
}
