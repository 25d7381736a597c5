import type { Session, WebContents } from 'electron';
import { developmentPolicy } from './csp.ts';

/** Everything that goes over a network or reads a file by its address. The page needs none of it. */
const OUTSIDE = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'];

/**
 * The session of our page: no permission, no device, no download, no request to anywhere.
 *
 * @param developmentOrigin of Vite's server during `npm run dev`, which then is the one place to reach; else null
 */
export function lockDownSession(session: Session, developmentOrigin: string | null): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  const socketOrigin = developmentOrigin?.replace(/^http/, 'ws') ?? null;
  session.webRequest.onBeforeRequest({ urls: OUTSIDE }, ({ url }, answer) => {
    const { origin, protocol, host } = new URL(url);
    const known = origin === developmentOrigin || `${protocol}//${host}` === socketOrigin;
    answer({ cancel: developmentOrigin === null || !known });
  });
  if (developmentOrigin !== null) {
    allowDevelopment(session, developmentOrigin);
  }
}

/**
 * A page of ours stays the page it is: it opens nothing, goes nowhere and embeds nothing. It may reload.
 *
 * @param home the page's own URL
 */
export function lockDownContents(contents: WebContents, home: string): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-navigate', (event) => {
    if (!isSamePage(event.url, home)) {
      event.preventDefault();
    }
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) {
      event.preventDefault();
    }
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  // Chromium asks nobody before it shows about:blank, so from there the way leads back.
  contents.on('did-navigate', (_event, url) => {
    if (!isSamePage(url, home)) {
      void contents.loadURL(home);
    }
  });
}

function isSamePage(url: string, home: string): boolean {
  return url.replace(/#.*$/s, '') === home;
}

function allowDevelopment(session: Session, origin: string): void {
  session.webRequest.onHeadersReceived({ urls: [`${origin}/*`] }, ({ responseHeaders }, answer) => {
    const policy = developmentPolicy(origin);
    answer({ responseHeaders: { ...responseHeaders, 'Content-Security-Policy': [policy] } });
  });
}
