import { randomBytes } from 'node:crypto';
import { protocol, type Session } from 'electron';
import { appFileOf } from './files.ts';
import { APP_SCHEME, GUEST_SCHEME } from '../constants.ts';
import { contentSecurityPolicy, withNonce } from './csp.ts';

/** Makes `app:` and `guest:` schemes of origins of their own, like https. Call before Electron is ready. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    // No fetch, no service worker, no streaming: the page loads scripts, styles, pictures and fonts.
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
    // The generator of a transpiler's page fetches its own WebAssembly.
    { scheme: GUEST_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Reads one file of the built page, named relative to its folder; rejects when there is none. */
export type ReadPageFile = (file: string) => Promise<Buffer>;

/** Serves the built page at `app://capsule-desktop/`, each file with the content security policy. Returns the undo. */
export function serveApp(session: Session, read: ReadPageFile): () => void {
  session.protocol.handle(APP_SCHEME, (request) => answer(request, read));
  return () => session.protocol.unhandle(APP_SCHEME);
}

async function answer(request: Request, read: ReadPageFile): Promise<Response> {
  const nonce = randomBytes(16).toString('base64');
  const headers = {
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    // The page differs by its nonce each time; the rest comes from a disk that is as near as any cache.
    'Cache-Control': 'no-store',
  };
  const found = request.method === 'GET' ? appFileOf(request.url) : null;
  const bytes = found === null ? null : await read(found.file).catch(() => null);
  // A build that lacks a file shows as "Not found" in the window.
  if (found === null || bytes === null) {
    return new Response('Not found', { status: 404, headers: { ...headers, 'Content-Type': 'text/plain' } });
  }
  const body = found.file === 'index.html' ? withNonce(bytes.toString('utf8'), nonce) : new Uint8Array(bytes);
  return new Response(body, { headers: { ...headers, 'Content-Type': found.mime } });
}
