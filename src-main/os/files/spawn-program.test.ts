import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveProgram } from './spawn-program.ts';
import { readSystemView } from '../sandbox/spec/system-view.ts';
import { makeWorkspace } from '../testing.ts';
import { swapBefore } from './swap-testing.ts';

const UP = '/..'.repeat(20);

describe('the path of a program', () => {
  it('goes up nowhere, whether or not the folders on the way are there', async () => {
    const made = makeWorkspace();
    onTestFinished(made.remove);
    const workspace = realpathSync(made.path);
    const view = await readSystemView();
    const resolve = (command: string) => resolveProgram(command, { cwd: workspace, workspace }, view);
    mkdirSync(join(workspace, 'true '));
    mkdirSync(join(workspace, 'sub'));
    writeFileSync(join(workspace, 'own'), '#!/bin/sh\n');
    chmodSync(join(workspace, 'own'), 0o755);
    const refused = [
      `true ${UP}/usr/bin/env`,
      `missing ${UP}/usr/bin/env`,
      `/usr/bin/true /../env`,
      `/usr/bin/../bin/env`,
      'sub/../own',
      './../own',
      '../own',
    ];
    for (const command of refused) {
      await expect(resolve(command), command).rejects.toMatchObject({
        code: 'invalid-spawn',
        message: expect.stringContaining('contains "..".') as string,
      });
    }
    // Two dots in a name are no way up.
    writeFileSync(join(workspace, 'a..b'), '#!/bin/sh\n');
    chmodSync(join(workspace, 'a..b'), 0o755);
    await expect(resolve('./a..b')).resolves.toMatchObject({ path: join(workspace, 'a..b') });
    await expect(resolve('./own')).resolves.toMatchObject({ path: join(workspace, 'own') });
    await expect(resolve('/usr/bin/env')).resolves.toMatchObject({ path: '/usr/bin/env' });
  });
});

describe('a program that is swapped while it is looked at', () => {
  const swaps: readonly [string, (path: string) => void][] = [
    ['a FIFO', (path) => execFileSync('mkfifo', ['-m', '755', path])],
    ['a socket', (path) => execFileSync(process.execPath, ['-e', SOCKET, path])],
    ['a link to a device', (path) => symlinkSync('/dev/zero', path)],
    ['a link to a FIFO', linkToFifo],
    ['a link to a file outside', (path) => symlinkSync('/root', path)],
    ['a link to itself', (path) => symlinkSync('own', path)],
    ['a folder', (path) => mkdirSync(path)],
    ['nothing', () => undefined],
  ];

  it.each(swaps)('for %s is refused or found, and nobody waits for it', async (_what, put) => {
    const made = makeWorkspace();
    onTestFinished(made.remove);
    const workspace = realpathSync(made.path);
    const view = await readSystemView();
    const path = join(workspace, 'own');
    const look = () => resolveProgram('./own', { cwd: workspace, workspace }, view);
    const open = readdirSync('/proc/self/fd').length;
    let reached = true;
    for (let at = 0; reached; at += 1) {
      rmSync(path, { recursive: true, force: true });
      rmSync(`${path}.f`, { force: true });
      writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
      const swap = (): void => {
        renameSync(path, `${path}.was`);
        put(path);
      };
      const { outcome, swapped } = await swapBefore(at, path, swap, look);
      reached = swapped;
      expect(outcome, `swapped before call ${String(at)}`).toSatisfy(
        ({ status, reason }: PromiseRejectedResult) =>
          (status as string) === 'fulfilled' || (reason as { code?: string }).code === 'program-not-found',
      );
    }
    expect(readdirSync('/proc/self/fd')).toHaveLength(open);
  });

  it('is found when it may be executed and not read, as long as it is a file', async () => {
    const made = makeWorkspace();
    onTestFinished(made.remove);
    const workspace = realpathSync(made.path);
    writeFileSync(join(workspace, 'own'), 'x', { mode: 0o111 });
    const look = resolveProgram('./own', { cwd: workspace, workspace }, await readSystemView());
    await expect(look).resolves.toMatchObject({ path: join(workspace, 'own') });
  });
});

function linkToFifo(path: string): void {
  execFileSync('mkfifo', [`${path}.f`]);
  symlinkSync('own.f', path);
}

/** Ends without closing it, which would remove it. */
const SOCKET = 'require("net").createServer().listen(process.argv[1], () => process.exit())';
