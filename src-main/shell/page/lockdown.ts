import type { Session, WebContents, WebPreferences } from 'electron';
import { NOWHERE } from '../constants.ts';
import { developmentPolicy } from './csp.ts';

/** Everything that goes over a network or reads a file by its address. The page needs none of it. */
const OUTSIDE = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'];

/** Of every page: in Chromium's sandbox, its preload in a world of its own, nothing of Node anywhere. */
export const LOCKED_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const satisfies WebPreferences;

/**
 * The session of our page: no permission, no device, no download, no request to anywhere.
 *
 * @param developmentOrigin of Vite's server during `npm run dev`, which then is the one place to reach; else null
 * @returns resolves when all of it holds; load no page before
 */
export function lockDownSession(session: Session, developmentOrigin: string | null): Promise<void> {
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
  return leadNowhere(session, developmentOrigin);
}

/**
 * A page of ours stays the page it is: it opens nothing, goes nowhere and embeds nothing. It may reload.
 *
 * @param home the page's own URL
 */
export function lockDownContents(contents: WebContents, home: string, log: (line: string) => void): void {
  // No UDP, and TCP only through the session's proxy. Requests of WebRTC pass no `webRequest`.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
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
  // The preload makes requests and sends nothing else: a renderer that does goes past it.
  const end = (): void => {
    log(`the renderer of web contents ${contents.id} is ended: it sent a message that is no request`);
    contents.forcefullyCrashRenderer();
  };
  contents.on('ipc-message', end);
  contents.on('ipc-message-sync', end);
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

/** Whatever a request, a hint or WebRTC is about goes to a proxy that cannot be. */
function leadNowhere(session: Session, developmentOrigin: string | null): Promise<void> {
  // Chromium leaves this machine out of every proxy unless told.
  const rules = ['<-loopback>', ...(developmentOrigin === null ? [] : [new URL(developmentOrigin).host])];
  return session.setProxy({ mode: 'fixed_servers', proxyRules: NOWHERE, proxyBypassRules: rules.join(';') });
}

function allowDevelopment(session: Session, origin: string): void {
  session.webRequest.onHeadersReceived({ urls: [`${origin}/*`] }, ({ responseHeaders }, answer) => {
    const policy = developmentPolicy(origin);
    answer({ responseHeaders: { ...responseHeaders, 'Content-Security-Policy': [policy] } });
  });
}
