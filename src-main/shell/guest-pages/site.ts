import type { Session } from 'electron';
import { GUEST_SCHEME } from '../constants.ts';

/** What a page may load: its own two scripts and what is served to it. WebAssembly is compiled, text is never run as code. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** Both pages of one site, and only they, share memory; that asks for these. */
const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

export type SiteFile = () => string | Promise<Uint8Array>;

/** The files of one site by their names. */
export type Site = Map<string, SiteFile>;

/** Serves the sites of guests at `guest://<host>/`, each by its host. Returns the undo. */
export function serveSites(session: Session, sites: ReadonlyMap<string, Site>): () => void {
  session.protocol.handle(GUEST_SCHEME, async ({ method, url }) => {
    const { host, pathname } = new URL(url);
    const file = method === 'GET' ? sites.get(host)?.get(pathname.slice(1)) : undefined;
    if (file === undefined) {
      return new Response('Not found', {
        status: 404,
        headers: { ...HEADERS, 'Content-Type': 'text/plain' },
      });
    }
    const content = await file();
    const body = typeof content === 'string' ? content : new Uint8Array(content);
    return new Response(body, { headers: { ...HEADERS, 'Content-Type': typeOf(pathname) } });
  });
  return () => session.protocol.unhandle(GUEST_SCHEME);
}

function typeOf(pathname: string): string {
  if (pathname.endsWith('.wasm')) {
    return 'application/wasm';
  }
  return pathname.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8';
}
