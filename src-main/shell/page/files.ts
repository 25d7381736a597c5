import { APP_ORIGIN } from '../constants.ts';

/** The kinds of file a build of the page has. What is not listed is not served, whatever lies in the folder. */
const mimeTypes: ReadonlyMap<string, string> = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['svg', 'image/svg+xml'],
  ['png', 'image/png'],
  ['woff2', 'font/woff2'],
]);

/** Segments of plain characters that do not begin with a dot: no `..`, no hidden file, no escape, no drive. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

export interface AppFile {
  /** Relative to the page's folder, with `/`. */
  readonly file: string;
  readonly mime: string;
}

/** The file that a URL of our origin names, or null when it names none that may be served. `/` is the page. */
export function appFileOf(url: string): AppFile | null {
  if (!URL.canParse(url)) {
    return null;
  }
  const { protocol, host, pathname } = new URL(url);
  if (`${protocol}//${host}` !== APP_ORIGIN) {
    return null;
  }
  const path = pathname === '/' ? '/index.html' : pathname;
  const mime = mimeTypes.get(path.slice(path.lastIndexOf('.') + 1));
  return mime !== undefined && PLAIN_PATH.test(path) ? { file: path.slice(1), mime } : null;
}
