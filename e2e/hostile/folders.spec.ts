import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { giveTo, temporaryFolder } from '../support/account.ts';
import { call, outcomeOf, tried } from '../support/attacking-program.ts';
import { processesOf, request, snapshot } from '../support/bridge.ts';
import { forge } from '../support/forged-capsule.ts';
import { attempts, SECRET, type Row } from '../support/hostile-test.ts';
import { ATTACKER, failureOf } from '../support/invocation.ts';
import { installOffered, offer, removeCapsule } from '../support/offer.ts';
import { installed } from '../support/program.ts';
import type { Ending, Watched } from '../support/under-watch.ts';

const account = installed?.account ?? null;
/** The operator granted one capsule this folder, and another one its part `sub`. */
const shared = join(temporaryFolder(account), 'shared');
const sub = join(shared, 'sub');
/** Starts of the other capsule's programs while its folder is swapped. */
const STARTS = 12;

const FOLDERS = { swapper: shared, victim: sub } as const;

/** Both capsules, and the folders as the operator made them. */
async function prepare({ desktop }: Watched): Promise<void> {
  rmSync(shared, { recursive: true, force: true });
  for (const folder of [shared, sub]) {
    mkdirSync(folder);
    giveTo(account, folder);
  }
  const { capsules } = await snapshot(desktop.page);
  for (const [name, folder] of Object.entries(FOLDERS)) {
    if (!capsules.some(({ id }) => id === name)) {
      const capabilities = [
        'host_process = ["perl"]',
        'allow_persistent = true',
        `fs_write = [${JSON.stringify(folder)}]`,
      ];
      await installOffered(desktop, await forge({ name, component: 'probe', capabilities }));
    }
  }
}

/** What the victim does with its folder: reads a file of the operator's through it, and writes one. */
const USE = `for my $name (".profile", "inner/.profile", "audit/audit.jsonl", "etc/passwd") {
    open(my $file, "<", "${sub}/$name") and print "read $name: ", <$file> }
  print open(my $file, ">", "${sub}/planted") ? "wrote" : "refused $!"`;

const runBy = (watched: Watched, id: keyof typeof FOLDERS, text: string, more: object = {}) =>
  outcomeOf(watched, id, { cmd: 'perl', args: ['-e', text], ...more });

/** One capsule does something to the folder of the other, which is started then. */
const swapped = (name: string, swap: (watched: Watched) => string, short?: 'short'): Row => ({
  name,
  // The start is refused, or the program finds no folder there, or its own.
  code: 'capability-denied|exit-0',
  async run(watched) {
    await prepare(watched);
    const done = await runBy(watched, 'swapper', `chdir "${shared}" or die $!; ${swap(watched)}`);
    expect(done).toMatchObject({ code: 'exit-0', stderr: '' });
    return harmless(await runBy(watched, 'victim', USE));
  },
  ...(short && { short: true }),
});

function harmless({ stdout = '', ...ending }: Ending & { readonly stdout?: string }): Ending {
  expect(stdout).not.toContain(SECRET);
  expect(stdout).not.toMatch(/^read /m);
  return { code: ending.code, words: `${ending.words} ${stdout}` };
}

const link = (to: string): string => `rename("sub", "was") or die $!; symlink("${to}", "sub") or die $!`;

/** Exchanges the folder with a link as fast as it can (`renameat2` with RENAME_EXCHANGE). */
async function race(watched: Watched): Promise<Ending> {
  await prepare(watched);
  const { page } = watched.desktop;
  const text = `chdir "${shared}"; symlink("${watched.decoy}", "link"); my ($one, $other) = ("sub", "link");
    $| = 1; while (1) { syscall(316, -100, $one, -100, $other, 2) for 1 .. 50; select(undef, undef, undef, 0.0002) }`;
  const spec = { cmd: 'perl', args: ['-e', text], env: [] };
  expect((await call(watched, 'swapper', 'process.spawnPersistent', [spec])).err).toBe(undefined);
  const endings = new Map<string, number>();
  for (let start = 0; start < STARTS; start += 1) {
    const { code } = harmless(await runBy(watched, 'victim', USE));
    endings.set(code, (endings.get(code) ?? 0) + 1);
  }
  for (const { key, phase } of await processesOf(page, 'swapper')) {
    if (phase === 'running') {
      await request(page, 'process.kill', { key });
    }
  }
  return { code: 'kept-apart', words: [...endings].map(([code, count]) => `${count} × ${code}`).join(', ') };
}

/** A program of the swapper is to work in a folder that its workspace only seems to have. */
const workingIn = (name: string, code: string, cwd: string, to?: (watched: Watched) => string): Row => ({
  name,
  code,
  async run(watched) {
    await prepare(watched);
    if (to !== undefined) {
      await runBy(watched, 'swapper', `unlink "${cwd}"; symlink("${to(watched)}", "${cwd}") or die $!`);
    }
    return harmless(
      await runBy(watched, 'swapper', 'print <*>; open(my $f, "<", ".profile") and print <$f>', { cwd }),
    );
  },
});

/** A capsule's folder in which something is no file of it. */
const source = (name: string, code: string, change: (folder: string, watched: Watched) => void): Row => ({
  name,
  code,
  capsule: () => ({ name: ATTACKER, component: 'probe' }),
  async run(watched, folder) {
    change(folder, watched);
    const answer = await offer(watched.desktop, folder);
    await removeCapsule(watched.desktop, ATTACKER);
    return failureOf(answer);
  },
});

const replaced = (folder: string, name: string, make: (path: string) => void): void => {
  const path = join(folder, name);
  rmSync(path);
  make(path);
};

attempts('5 folders', [
  swapped('a folder becomes a link to the operator’s', ({ decoy }) => link(decoy), 'short'),
  swapped('a folder becomes a link to the data folder', ({ desktop: { dataDir } }) => link(dataDir)),
  swapped('a folder becomes a link to everything', () => link('/')),
  swapped('a folder becomes a link to itself', () => link('sub')),
  swapped('a folder becomes a link to its neighbour', () => `mkdir "other"; ${link('other')}`),
  swapped('a folder becomes a pipe', () => 'use POSIX (); rmdir "sub"; POSIX::mkfifo("sub", 0600) or die $!'),
  swapped('a folder becomes a file', () => 'rmdir "sub"; open(my $f, ">", "sub") or die $!'),
  swapped(
    'a folder becomes a socket',
    () =>
      'use Socket; rmdir "sub"; socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un("sub")) or die $!',
  ),
  swapped('a folder is gone', () => 'rmdir "sub" or die $!'),
  swapped('a folder may be entered by nobody', () => 'chmod 0, "sub" or die $!'),
  swapped('a folder gets a link inside', ({ decoy }) => `symlink("${decoy}", "sub/inner") or die $!`),
  { name: 'a folder is a link every other moment', code: 'kept-apart', run: race, short: true },
  workingIn('works in a link to the operator’s folder', 'boundary-escape', 'planted', ({ decoy }) => decoy),
  workingIn('works above its workspace', 'boundary-escape', '../..'),
  workingIn('works in a folder of the machine', 'boundary-escape', '/etc'),
  {
    name: 'opens the operator’s folder through a descriptor of the sandbox',
    code: 'ENOTDIR|ENOENT|EACCES',
    run: (watched) =>
      tried(
        watched,
        `my $found = 0; for my $pid (1, 2, $$) { for my $fd (0 .. 63) { open(my $f, "<", "/proc/$pid/fd/$fd/../operator/.profile") and $found = 1 } } tell_of($found)`,
      ),
  },
  source('its manifest is a link to a file of the operator', 'source-link', (folder, { decoy }) => {
    replaced(folder, 'Capsule.toml', (path) => symlinkSync(join(decoy, '.profile'), path));
  }),
  source('its component is a link', 'source-link', (folder, { decoy }) => {
    replaced(folder, 'c.wasm', (path) => symlinkSync(join(decoy, '.profile'), path));
  }),
  source('its component is a pipe', 'source-special-file', (folder) => {
    replaced(folder, 'c.wasm', (path) => execFileSync('mkfifo', [path]));
  }),
  source('its component is elsewhere', 'manifest-bad-path', (folder, { decoy }) => {
    const text = `[package]\nname = "${ATTACKER}"\nversion = "1.0.0"\n\n[[component]]\nfile = "${decoy}/.profile"\n`;
    writeFileSync(join(folder, 'Capsule.toml'), text);
  }),
  source('a folder in it leads to the operator’s', 'source-link', (folder, { decoy }) => {
    symlinkSync(decoy, join(folder, 'assets'));
  }),
]);
