import { execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An ordinary user of this Linux that the tests, which root then runs, start the program as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** @throws when there is no such user, or the tests may not act as another one */
export function accountNamed(name: string): Account {
  if (process.getuid?.() !== 0) {
    throw new Error(`Only root can start the program as ${name}: run the tests as root, or as ${name}.`);
  }
  const line = execFileSync('getent', ['passwd', name], { encoding: 'utf8' }).trimEnd();
  const [, , uid = '', gid = '', , home = '', shell = ''] = line.split(':');
  if (Number(uid) === 0) {
    throw new Error(`${name} is root: name an ordinary user.`);
  }
  return { name, uid: Number(uid), gid: Number(gid), home, shell };
}

const folders: string[] = [];
// A spec's file is loaded by the runner as well, which runs no test and no clean-up of it.
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/**
 * A new folder for temporary files that belongs to the account, or to whoever runs the tests. It goes with this
 * process at the latest.
 */
export function temporaryFolder(account: Account | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'capsule-desktop-e2e-'));
  folders.push(folder);
  giveTo(account, folder);
  return folder;
}

/** A copy that the account may read, wherever the original lies and whoever owns it. */
export function copyFor(account: Account, from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  execFileSync('chown', ['--recursive', `${account.uid}:${account.gid}`, to]);
  execFileSync('chmod', ['--recursive', 'u+rwX', to]);
}

/**
 * What a login of the account has in its environment, and nothing of the tests' own but the display.
 *
 * @param folder that belongs to the account and lives as long as the program
 */
export function loginEnvironment(account: Account, folder: string): Record<string, string> {
  const runtime = join(folder, 'run');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  giveTo(account, runtime);
  return {
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: account.shell,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    XDG_RUNTIME_DIR: runtime,
    ...displayFor(account, folder),
  };
}

/** The key to a display lies in a file of its owner's (`xvfb-run` makes one), so the account gets a copy. */
function displayFor(account: Account, folder: string): Record<string, string> {
  const { DISPLAY, XAUTHORITY } = process.env;
  if (DISPLAY === undefined) {
    return {};
  }
  if (XAUTHORITY === undefined) {
    return { DISPLAY };
  }
  const copy = join(folder, 'Xauthority');
  copyFileSync(XAUTHORITY, copy);
  giveTo(account, copy);
  return { DISPLAY, XAUTHORITY: copy };
}

/** Makes the account the owner of one file or folder; without an account it stays that of who runs the tests. */
export function giveTo(account: Account | null, path: string): void {
  if (account !== null) {
    chownSync(path, account.uid, account.gid);
  }
}
