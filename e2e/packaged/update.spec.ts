import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { installed } from '../support/program.ts';
import { hashOf, singleFile, type SingleFile } from '../support/single-file-program.ts';
import { updateServer, type UpdateServer } from '../support/update-server.ts';
import {
  configureFeed,
  openUpdates,
  startUpdating,
  versionOf,
  type UpdatingProgram,
} from '../support/updating-program.ts';

// An update from one version to the next of a program in one file, over a feed on this machine.
test.describe.configure({ timeout: 90_000 });

let root: string;
let old: SingleFile;
let next: SingleFile;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  root = mkdtempSync(join(tmpdir(), 'capsule-desktop-update-'));
  const unpacked = dirname(realpathSync(installed?.path ?? ''));
  [old, next] = await Promise.all([
    singleFile(unpacked, '1.0.0', join(root, 'work-old'), join(root, 'old')),
    singleFile(unpacked, '1.0.1', join(root, 'work-next'), join(root, 'next')),
  ]);
});
test.afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Place {
  readonly folder: string;
  /** The program that updates itself. */
  readonly path: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly server: UpdateServer;
  /** What main has asked the operator so far, who confirms everything. */
  readonly confirmed: () => readonly string[];
  readonly start: (command?: readonly string[]) => UpdatingProgram;
}

/** The old version in a folder of its own and a feed that offers the next; all of it ends with the test. */
async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const own = mkdtempSync(join(root, 'test-'));
  const [folder, dataDir] = [join(own, 'programs'), join(own, 'data')];
  mkdirSync(folder);
  mkdirSync(dataDir);
  const path = join(folder, 'Capsule Desktop.AppImage');
  copyFileSync(old.path, path);
  const env = {
    ...process.env,
    CAPSULE_DESKTOP_DATA: dataDir,
    XDG_CACHE_HOME: join(own, 'cache'),
    TMPDIR: root,
    CAPSULE_DESKTOP_E2E_CONFIRMED: join(own, 'confirmed'),
  };
  const confirmed = () =>
    readFileSync(env.CAPSULE_DESKTOP_E2E_CONFIRMED, { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .slice(0, -1);
  const server = await updateServer();
  server.offer(next);
  const started: UpdatingProgram[] = [];
  const start = (command: readonly string[] = [path]): UpdatingProgram => {
    const program = startUpdating(command, { mounts: root, env });
    started.push(program);
    return program;
  };
  try {
    await work({ folder, path, dataDir, env, server, confirmed, start });
  } catch (error) {
    process.stdout.write(started.map((program) => program.output()).join('\n'));
    throw error;
  } finally {
    for (const program of started) {
      await program.end('SIGKILL');
    }
    await server.close();
    rmSync(own, { recursive: true, force: true });
  }
}

/** From a started program with a feed to the downloaded next version, by clicks. */
async function download(panel: Awaited<ReturnType<typeof openUpdates>>): Promise<void> {
  await panel.getByRole('button', { name: 'Check now' }).click();
  await expect(panel).toContainText('Version 1.0.1 is available.');
  await panel.getByRole('button', { name: 'Download' }).click();
  await expect(panel).toContainText('Version 1.0.1 is downloaded and verified.', { timeout: 60_000 });
}

test('the next version comes by four clicks and two confirmations, and nothing is asked of the feed before the first', async () => {
  await inPlace(async ({ folder, path, env, server, confirmed, start }) => {
    const program = start();
    const panel = await openUpdates(await program.page(1));
    await expect(panel).toContainText('Updates are off.');
    await configureFeed(panel, server.address);
    expect(server.asked).toEqual([]);
    expect(confirmed()).toEqual([`Get updates from ${new URL(server.address).host}?`]);
    await panel.getByRole('button', { name: 'Check now' }).click();
    await expect(panel).toContainText('Version 1.0.1 is available.');
    expect(server.asked).toEqual(['/feed/latest-linux.yml']);
    await panel.getByRole('button', { name: 'Download' }).click();
    await expect(panel).toContainText('Version 1.0.1 is downloaded and verified.', { timeout: 60_000 });
    expect(server.asked).toEqual(['/feed/latest-linux.yml', '/feed/program.AppImage']);
    // Until here nothing of the program was touched.
    expect(hashOf(path, 'sha512', 'base64')).toBe(old.sha512);
    const [pid] = program.pids();
    await panel.getByRole('button', { name: 'Restart and install' }).click();
    const page = await program.page(2);
    await openUpdates(page);
    await expect(page.getByRole('dialog')).toContainText('1.0.1');
    expect(program.pids()).not.toContain(pid);
    expect(program.pids()).toHaveLength(1);
    expect(hashOf(path, 'sha512', 'base64')).toBe(next.sha512);
    expect(readdirSync(folder)).toEqual(['Capsule Desktop.AppImage']);
    expect(await versionOf(path, { mounts: root, env })).toContain('1.0.1');
    expect(confirmed().slice(1)).toEqual(['Install version 1.0.1 and restart?']);
    // The feed stayed configured, and the new version asked nothing by itself.
    expect(server.asked).toHaveLength(2);
    await page.getByRole('button', { name: 'Check now' }).click();
    await expect(page.getByRole('region', { name: 'Updates' })).toContainText('This is the latest version');
    await program.end('SIGTERM');
  });
});

test('a file whose hash does not match is deleted, and a corrected feed works', async () => {
  await inPlace(async ({ path, env, server, start }) => {
    server.offer(next, { sha512: old.sha512 });
    const program = start();
    const panel = await openUpdates(await program.page(1));
    await configureFeed(panel, server.address);
    await panel.getByRole('button', { name: 'Check now' }).click();
    await panel.getByRole('button', { name: 'Download' }).click();
    await expect(panel.getByRole('alert')).toContainText('does not match the hash', {
      timeout: 60_000,
    });
    await expect(panel.getByRole('button', { name: 'Restart and install' })).toHaveCount(0);
    expect(await versionOf(path, { mounts: root, env })).toContain('1.0.0');
    server.offer(next);
    await panel.getByRole('button', { name: 'Try again' }).click();
    await expect(panel).toContainText('Version 1.0.1 is downloaded and verified.', { timeout: 60_000 });
    expect(hashOf(path, 'sha512', 'base64')).toBe(old.sha512);
  });
});

test('a transfer that is cut off fails with words and can be tried again', async () => {
  await inPlace(async ({ path, server, start }) => {
    server.offer(next, { sending: 'cut' });
    const program = start();
    const panel = await openUpdates(await program.page(1));
    await configureFeed(panel, server.address);
    await panel.getByRole('button', { name: 'Check now' }).click();
    await panel.getByRole('button', { name: 'Download' }).click();
    await expect(panel.getByRole('alert')).toContainText('Could not connect to the update feed', {
      timeout: 60_000,
    });
    expect(hashOf(path, 'sha512', 'base64')).toBe(old.sha512);
    server.offer(next);
    await panel.getByRole('button', { name: 'Try again' }).click();
    await expect(panel).toContainText('Version 1.0.1 is downloaded and verified.', { timeout: 60_000 });
  });
});

test('a download stops when it is cancelled', async () => {
  await inPlace(async ({ path, server, start }) => {
    server.offer(next, { sending: 'slow' });
    const program = start();
    const panel = await openUpdates(await program.page(1));
    await configureFeed(panel, server.address);
    await panel.getByRole('button', { name: 'Check now' }).click();
    await panel.getByRole('button', { name: 'Download' }).click();
    await expect(panel).toContainText(/: [1-9]\d? %/);
    await expect(panel.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-9]/);
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await expect(panel).toContainText('Version 1.0.1 is available.');
    expect(hashOf(path, 'sha512', 'base64')).toBe(old.sha512);
    server.offer(next);
    await panel.getByRole('button', { name: 'Download' }).click();
    await expect(panel).toContainText('Version 1.0.1 is downloaded and verified.', { timeout: 60_000 });
  });
});

test('killed during the download, the old version starts and can be updated', async () => {
  await inPlace(async ({ path, env, server, start }) => {
    server.offer(next, { sending: 'slow' });
    const killed = start();
    const first = await openUpdates(await killed.page(1));
    await configureFeed(first, server.address);
    await first.getByRole('button', { name: 'Check now' }).click();
    await first.getByRole('button', { name: 'Download' }).click();
    await expect(first).toContainText(/: [1-9]\d? %/);
    await killed.end('SIGKILL');
    expect(await versionOf(path, { mounts: root, env })).toContain('1.0.0');
    server.offer(next);
    const program = start();
    const panel = await openUpdates(await program.page(1));
    await download(panel);
    await panel.getByRole('button', { name: 'Restart and install' }).click();
    await openUpdates(await program.page(2));
    expect(await versionOf(path, { mounts: root, env })).toContain('1.0.1');
  });
});

test('a folder that cannot be written leaves the old version running, with words', async () => {
  await inPlace(async ({ folder, path, env, server, start }) => {
    // Read-only for the program alone, root or not.
    const program = start(['bwrap', '--dev-bind', '/', '/', '--ro-bind', folder, folder, '--', path]);
    const panel = await openUpdates(await program.page(1));
    await configureFeed(panel, server.address);
    await download(panel);
    const before = program.pids();
    await panel.getByRole('button', { name: 'Restart and install' }).click();
    await expect(panel.getByRole('alert')).toContainText('cannot be written (EROFS)');
    await expect(panel.getByRole('button', { name: 'Try again' })).toBeEnabled();
    expect(program.pids()).toEqual(before);
    expect(hashOf(path, 'sha512', 'base64')).toBe(old.sha512);
    expect(await versionOf(path, { mounts: root, env })).toContain('1.0.0');
  });
});

test('a disk without room leaves the old version running, with words', async () => {
  await inPlace(async ({ folder, path, server, start }) => {
    // A small disk of the program's own, on which only the old version fits.
    const size = String(old.size + 8 * 1024 * 1024);
    const script = 'cp "$0" "$1" && exec "$1" "${@:2}"';
    const small = ['bwrap', '--dev-bind', '/', '/', '--size', size, '--tmpfs', folder, '--'];
    const program = start([...small, 'bash', '-c', script, old.path, path]);
    const panel = await openUpdates(await program.page(1));
    await configureFeed(panel, server.address);
    await download(panel);
    const [pid] = program.pids();
    await panel.getByRole('button', { name: 'Restart and install' }).click();
    await expect(panel.getByRole('alert')).toContainText('not enough space');
    expect(program.pids()).toEqual([pid]);
    const seen = join(`/proc/${pid}/root`, folder);
    expect(readdirSync(seen)).toEqual(['Capsule Desktop.AppImage']);
    expect(hashOf(join(seen, 'Capsule Desktop.AppImage'), 'sha512', 'base64')).toBe(old.sha512);
  });
});
