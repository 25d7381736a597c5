import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { app } from 'electron';
import type { OpenPage, SandboxedPage } from '../runtime/sandboxed-page.ts';
import { addGuestFlags } from '../shell/guest-pages/guest-flags.ts';
import { createGuestPages } from '../shell/guest-pages/guest-pages.ts';
import { registerSchemes } from '../shell/page/protocol.ts';
import type { HostEvent, HostRequest } from './page-host-messages.ts';

/**
 * A program of Electron that opens pages for tests which run in Node: `electron <folder> <socket> <preload> <files>`. Each
 * connection has pages of its own, which end with it.
 */
const [socketPath = '', preload = '', files = ''] = process.argv.slice(-3);

registerSchemes();
addGuestFlags();
app.on('window-all-closed', () => undefined);
app.whenReady().then(
  () => {
    const open = createGuestPages({
      preload,
      read: (file) => Promise.resolve(readFileSync(`${files}/${file}`)),
      log: (line) => process.stderr.write(`${line}\n`),
    });
    const server = createServer((socket) => serve(socket, open));
    // The first connection is held by whoever started this, and ends with them in whatever way. Without a reader of its
    // error output, Electron would stop at a dialog.
    server.once('connection', (owner) => owner.once('close', () => process.kill(process.pid, 'SIGKILL')));
    server.listen(socketPath, () => console.log(process.pid));
  },
  (error: unknown) => {
    console.error(error);
    app.exit(1);
  },
);

function serve(socket: Socket, open: OpenPage): void {
  const pages = new Map<number, SandboxedPage>();
  const tell = (event: HostEvent): void => void socket.write(`${JSON.stringify(event)}\n`);
  const openPage = async (id: number, wanted: Parameters<OpenPage>[0]): Promise<void> => {
    try {
      const page = await open(wanted);
      pages.set(id, page);
      tell({ id, event: 'opened', pid: page.pid, zeroNs: String(page.zeroNs) });
      page.listen((data) =>
        tell({ id, event: 'message', bytes: data instanceof Uint8Array ? base64(data) : null }),
      );
      const end = await page.exited;
      pages.delete(id);
      tell({ id, event: 'exited', ...end });
    } catch (error) {
      tell({ id, event: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  createInterface(socket).on('line', (line) => {
    const request = JSON.parse(line) as HostRequest;
    const page = pages.get(request.id);
    switch (request.act) {
      case 'open':
        void openPage(request.id, request.files);
        return;
      case 'serve':
        page?.serve(request.name, request.script);
        return;
      case 'post':
        page?.post(Buffer.from(request.bytes, 'base64'));
        return;
      case 'respond':
        page?.respond(Buffer.from(request.bytes, 'base64'));
        return;
      case 'kill':
        page?.kill();
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => pages.forEach((page) => page.kill()));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
