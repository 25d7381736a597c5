import { accountNamed, type Account } from './account.ts';

/** The installed program to test; its fuses refuse the inspector and NODE_OPTIONS, so it is driven from outside. */
export interface InstalledProgram {
  /** Absolute path, of the program or of a link to it. */
  readonly path: string;
  /** Who starts it; null for whoever runs the tests. */
  readonly account: Account | null;
}

/** What the environment asks to test; null for the application built in this tree. */
export const installed: InstalledProgram | null = readInstalled(
  process.env['CAPSULE_DESKTOP_PROGRAM'],
  process.env['CAPSULE_DESKTOP_RUN_AS'],
);

/** True when what is tested runs as root: Chromium then refuses to have a sandbox. */
export const runsAsRoot = process.getuid?.() === 0 && (installed === null || installed.account === null);

/** Chromium refuses its own sandbox as root; for everybody else it stays on, as in the shipped application. */
export const chromiumFlags: readonly string[] =
  process.platform === 'linux' && runsAsRoot ? ['--no-sandbox'] : [];

function readInstalled(path = '', name = ''): InstalledProgram | null {
  if (path === '') {
    if (name !== '') {
      throw new Error('CAPSULE_DESKTOP_RUN_AS needs CAPSULE_DESKTOP_PROGRAM: set both, or neither.');
    }
    return null;
  }
  return { path, account: name === '' ? null : accountNamed(name) };
}
