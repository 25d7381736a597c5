import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ownGroup } from '../groups/own-group.ts';
import { collect, makeWorkspace, OS_THREADS, outcome, script, until } from '../testing.ts';
import { SandboxSpawner } from './spawn.ts';

const spawner = new SandboxSpawner(OS_THREADS);
const { path: workspace, remove } = makeWorkspace();
const { limits } = await spawner.sandbox();

afterAll(async () => {
  await spawner.dispose();
  remove();
});

const own = ownGroup();
const base = 'path' in own ? own.path : '';
const groups = (): readonly string[] =>
  readdirSync(base).filter((name) => name.startsWith(`capsule-desktop.${String(process.pid)}.`));

if (limits.groups === null || !limits.areHeld) {
  console.info(`Not all that a cgroup does is tried here: ${limits.detail}.`);
}

describe.skipIf(limits.groups === null)('a sandbox in a group of its own', () => {
  it('is told all its processor time to the end, of children too that nobody waited for', async () => {
    const text = `$SIG{CHLD} = "IGNORE"; for (1 .. 10) { fork or do { my $e = (times)[0] + 0.03; 1 while (times)[0] < $e; exit }; wait }`;
    const child = await spawner.spawn(await script(workspace, '', { command: 'perl', args: ['-e', text] }));
    expect(await outcome(child)).toMatchObject({ code: 0 });
    expect(child.usage()?.cpuMs).toBeGreaterThan(10 * 20);
  });

  it('has a group while it runs, with all that it starts, and none afterwards', async () => {
    const child = await spawner.spawn(await script(workspace, 'sleep 60 & setsid sleep 60 & echo up; wait'));
    const stdout = collect(child.stdout);
    await until(() => stdout.text() === 'up\n');
    expect(groups()).toHaveLength(1);
    expect(existsSync(join(base, groups()[0] ?? '', 'cgroup.kill'))).toBe(true);
    child.kill();
    await Promise.all([child.exited, stdout.ended]);
    child.stderr.close();
    expect(groups()).toEqual([]);
  });

  it('cannot see or leave it', async () => {
    const child = await spawner.spawn(
      await script(workspace, 'cat /proc/self/cgroup | grep ^0; ls /sys/fs/cgroup 2>&1 | head -1'),
    );
    const { stdout } = await outcome(child);
    expect(stdout).toMatch(/^0::\/[^\n]*\nls: /);
    expect(child.ranOutOfMemory()).toBe(false);
  });

  it.skipIf(!limits.areHeld)('is ended by the kernel when its memory is used up', async () => {
    const text = 'my $m = "x" x (400 << 20); sleep 60';
    const spec = await script(workspace, '', {
      command: 'perl',
      args: ['-e', text],
      limits: { maxMemoryBytes: 64 << 20 },
    });
    const child = await spawner.spawn(spec);
    expect(await outcome(child)).toMatchObject({ code: null, signal: 9 });
    expect(child.ranOutOfMemory()).toBe(true);
  });
});
