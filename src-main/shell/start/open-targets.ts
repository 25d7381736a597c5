import { posix, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../../contract/requests.ts';
import type { Handover } from './command-line.ts';
import { LINK_SCHEME, MAX_OPERAND_CHARACTERS, MAX_PATH_CHARACTERS, MAX_TARGETS } from '../constants.ts';

/** One thing to open: a path for the kernel to inspect, or why it is refused. */
export type OpenTarget =
  | { readonly kind: 'archive' | 'folder'; readonly path: string }
  | { readonly kind: 'refused'; readonly source: string; readonly failure: Failure };

export type OpenErrorCode =
  | 'open-too-many'
  | 'open-too-long'
  | 'open-control-characters'
  | 'open-not-a-capsule'
  | 'open-bad-file-url'
  | 'open-unknown-link'
  | 'open-remote'
  | 'open-bad-link';

/** The targets in order, plus a refusal when the list was cut. Reads no files. */
export function openTargets({ folder, operands, cut }: Handover, platform: NodeJS.Platform): OpenTarget[] {
  const targets = operands.map((operand) => openTarget(operand, folder, platform));
  return cut ? [...targets, tooMany] : targets;
}

/**
 * One operand or link: a path that ends in `.capsule`, any other path as that of a folder (whether it is one
 * is for the caller to see), a `file:` URL of either, or `capsule:install?file=<absolute path>`. A name with a colon in
 * it (`backup:v1.capsule`) is a path like any other.
 *
 * @param folder what relative paths are relative to
 */
export function openTarget(operand: string, folder: string, platform: NodeJS.Platform): OpenTarget {
  if (operand.length > MAX_OPERAND_CHARACTERS) {
    return refused(operand, 'open-too-long', 'The path is too long.', CHECK_THE_PATH);
  }
  const scheme = linkSchemeOf(operand);
  if (scheme === undefined) {
    return pathTarget(operand, operand, folder, platform);
  }
  if (scheme === 'file') {
    const path = pathOfFileUrl(operand, platform);
    return path === null
      ? refused(operand, 'open-bad-file-url', 'This file: URL does not name a local file.', CHECK_THE_PATH)
      : pathTarget(path, operand, folder, platform);
  }
  if (scheme === LINK_SCHEME) {
    return linkTarget(operand, platform);
  }
  return isRemote(scheme)
    ? refused(
        operand,
        'open-remote',
        'Network addresses are not supported; nothing was downloaded.',
        DOWNLOAD_FIRST,
      )
    : refused(operand, 'open-unknown-link', `Links that start with ${scheme}: are not supported.`, LINK_FORM);
}

/** The operand as a start in any other folder would understand it: an absolute path, or the link that it is. */
export function wholeOperand(operand: string, folder: string, platform: NodeJS.Platform): string {
  return linkSchemeOf(operand) === undefined ? pathsOf(platform).resolve(folder, operand) : operand;
}

/** The refusal of a path that is neither a `.capsule` file nor a folder. */
export function notACapsule(source: string): OpenTarget & { readonly kind: 'refused' } {
  return refused(
    source,
    'open-not-a-capsule',
    'This is neither a .capsule file nor a folder.',
    'Open a .capsule file or a folder that contains Capsule.toml.',
  );
}

const CHECK_THE_PATH = 'Check the path.';
const DOWNLOAD_FIRST = 'If you trust the source, download the file, then open it.';
const LINK_FORM = `Use ${LINK_SCHEME}:install?file=<absolute path of a .capsule file>, with the path percent-encoded.`;

/** One parameter and nothing else; some desktops write the scheme with slashes and close the host with one. */
const LINK = new RegExp(String.raw`^${LINK_SCHEME}:(?://)?install/?\?file=([^&#]+)$`, 'i');

const tooMany = refused(
  'the remaining items',
  'open-too-many',
  `Some items were not opened: at most ${MAX_TARGETS} capsules can be opened at once.`,
  'Open the others later.',
);

/** A link can come from anywhere, so it may only name a file of this machine. */
function linkTarget(link: string, platform: NodeJS.Platform): OpenTarget {
  const path = decoded(LINK.exec(link)?.[1] ?? '');
  if (path === '') {
    return refused(link, 'open-bad-link', 'The link does not name a file to open.', LINK_FORM);
  }
  const scheme = schemeOf(path) ?? '';
  const names = pathsOf(platform);
  // Opening `\\server\share` would authenticate to a server chosen by the author of the link.
  const share = platform === 'win32' && /^[\\/]{2}/.test(path);
  if (isRemote(scheme) || share) {
    return refused(
      link,
      'open-remote',
      'The link points to a network address; nothing was downloaded.',
      DOWNLOAD_FIRST,
    );
  }
  if (!names.isAbsolute(path) || !isArchive(path)) {
    return refused(
      link,
      'open-bad-link',
      'The link must contain an absolute path to a .capsule file.',
      LINK_FORM,
    );
  }
  return pathTarget(path, link, '', platform);
}

function pathTarget(path: string, source: string, folder: string, platform: NodeJS.Platform): OpenTarget {
  if (/\p{Cc}/u.test(path)) {
    return refused(
      source,
      'open-control-characters',
      'The path contains control characters.',
      'Rename the file or folder, then open it again.',
    );
  }
  const whole = pathsOf(platform).resolve(folder, path);
  if (whole.length > MAX_PATH_CHARACTERS) {
    return refused(source, 'open-too-long', 'The path is too long.', CHECK_THE_PATH);
  }
  return { kind: isArchive(whole) ? 'archive' : 'folder', path: whole };
}

function pathOfFileUrl(url: string, platform: NodeJS.Platform): string | null {
  try {
    return fileURLToPath(url, { windows: platform === 'win32' });
  } catch {
    // A host where there can be none, or an escaped slash.
    return null;
  }
}

/**
 * The scheme of what is a link and no name of a file: ours, `file:` with an absolute path behind it, and any scheme that
 * is followed by a host.
 */
function linkSchemeOf(operand: string): string | undefined {
  const scheme = schemeOf(operand);
  if (scheme === undefined || scheme === LINK_SCHEME) {
    return scheme;
  }
  const rest = operand.slice(scheme.length + 1);
  return rest.startsWith(scheme === 'file' ? '/' : '//') ? scheme : undefined;
}

/** Two characters or more: a single letter before the colon is a drive of Windows. */
function schemeOf(text: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function isArchive(path: string): boolean {
  return path.toLowerCase().endsWith('.capsule');
}

function isRemote(scheme: string): boolean {
  return ['http', 'https', 'ftp', 'ftps', 'ws', 'wss', 'smb', 'sftp'].includes(scheme);
}

function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

function refused(
  source: string,
  code: OpenErrorCode,
  message: string,
  hint: string,
): OpenTarget & { readonly kind: 'refused' } {
  return { kind: 'refused', source, failure: { code, message, hint } };
}
