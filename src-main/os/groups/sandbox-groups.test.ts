import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readGroupUsage } from './group-files.ts';
import { ownGroup } from './own-group.ts';
import { openGroups } from './sandbox-groups.ts';

const folder = mkdtempSync(join(tmpdir(), 'capsule-groups-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('what is found', () => {
  // A folder of ordinary files says what cgroup v2 would say; what the kernel makes of it is not tried here.
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(folder, 'base-'));
    writeFileSync(join(base, 'cgroup.controllers'), 'cpu memory pids\n');
  });

  it('with controllers: the kernel holds limits, and nothing is left of the try', () => {
    const { areHeld, detail } = openGroups({ path: base, isRoot: true });
    expect([areHeld, detail]).toEqual([true, 'limits held by the kernel (cgroup v2)']);
    expect(readFileSync(join(base, 'cgroup.subtree_control'), 'utf8')).toBe('+memory +pids');
    expect(readdirSync(base).sort()).toEqual(['cgroup.controllers', 'cgroup.subtree_control']);
  });

  it('without the controller of memory: limits are watched, and it says which is missing', () => {
    writeFileSync(join(base, 'cgroup.controllers'), 'cpu pids\n');
    const { areHeld, detail, groups } = openGroups({ path: base, isRoot: true });
    expect([areHeld, groups === null]).toEqual([false, false]);
    expect(detail).toContain('limits watched, up to 20 times a second');
    expect(detail).toContain('cgroup v2 without memory');
  });

  it('with other programs in it: none of them is moved, and it says how to get one', () => {
    writeFileSync(join(base, 'cgroup.type'), 'domain\n');
    writeFileSync(join(base, 'cgroup.procs'), `${String(process.pid)}\n1\n`);
    const { groups, detail } = openGroups({ path: base, isRoot: true });
    expect(groups).toBeNull();
    expect(detail).toContain('systemd-run --user --scope -p Delegate=yes');
    expect(existsSync(join(base, 'capsule-desktop.self'))).toBe(false);
  });

  it('where there is no such folder: limits are watched', () => {
    expect(openGroups({ path: join(base, 'none'), isRoot: true })).toMatchObject({
      groups: null,
      areHeld: false,
    });
    expect(openGroups({ reason: 'why' }).detail).toBe('limits watched, up to 20 times a second (why)');
  });

  it('what an earlier process left is removed, and nothing else', () => {
    const kept = [
      'capsule-desktop.self',
      'somebody.999999999.1.1.1',
      `capsule-desktop.${String(process.pid)}.${ownStart()}.1.1`,
    ];
    [...kept, 'capsule-desktop.999999999.1.1.1', `capsule-desktop.${String(process.pid)}.1.1.1`].forEach(
      (name) => mkdirSync(join(base, name)),
    );
    openGroups({ path: base, isRoot: true });
    // A folder cannot be removed while there is a file in it, other than a group: asked to end all in it, that is.
    const asked = readdirSync(base).filter((name) => existsSync(join(base, name, 'cgroup.kill')));
    expect(asked).toEqual(
      ['capsule-desktop.999999999.1.1.1', `capsule-desktop.${String(process.pid)}.1.1.1`].sort(),
    );
  });
});

it('the figures of a group are read as the kernel writes them', () => {
  const group = mkdtempSync(join(folder, 'group-'));
  expect(readGroupUsage(group)).toBeNull();
  writeFileSync(join(group, 'cpu.stat'), 'usage_usec 1234567\nuser_usec 1\n');
  expect(readGroupUsage(group)).toEqual({ cpuMs: 1234, memoryBytes: null, ranOut: false });
  writeFileSync(join(group, 'memory.current'), '9000000\n');
  writeFileSync(join(group, 'memory.stat'), 'anon 5000000\ninactive_file 1000000\nactive_file 2000000\n');
  writeFileSync(join(group, 'memory.events'), 'low 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 1\n');
  expect(readGroupUsage(group)).toEqual({ cpuMs: 1234, memoryBytes: 6000000, ranOut: true });
});

it('this machine', async ({ skip }) => {
  const { groups, detail } = openGroups();
  const own = ownGroup();
  if (groups === null || 'reason' in own) {
    skip(`no cgroup v2 to try: ${detail}`);
    return;
  }
  const group = groups.make({ maxMemoryBytes: 64 << 20, maxPids: 10 });
  expect(group.usage()).toMatchObject({ cpuMs: 0, ranOut: false });
  await expect(group.add(999_999_999)).rejects.toThrow('ESRCH');
  expect(group.remove()).toBe(true);
  expect(group.usage()).toBeNull();
});

function ownStart(): string {
  return readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
}
