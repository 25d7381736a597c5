import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { collect, makeWorkspace, OS_THREADS, probeWatched, script, until } from '../../os/testing.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { ProcessRegistry } from '../registry/registry.ts';

// By samples, as on most machines; and by a cgroup, where this machine has one.
const spawners = {
  watched: new SandboxSpawner(OS_THREADS, probeWatched),
  found: new SandboxSpawner(OS_THREADS),
};
const registries = {
  watched: new ProcessRegistry({ spawn: (spec) => spawners.watched.spawn(spec), clock: systemClock }),
  found: new ProcessRegistry({ spawn: (spec) => spawners.found.spawn(spec), clock: systemClock }),
};
const spawner = spawners.watched;
const { path: workspace, remove } = makeWorkspace();

afterAll(async () => {
  await Promise.all([registries.watched.dispose(), registries.found.dispose()]);
  await Promise.all([spawners.watched.dispose(), spawners.found.dispose()]);
  remove();
});

async function start(how: keyof typeof registries, text: string): Promise<ManagedProcess> {
  const { stdin: _none, ...spec } = await script(workspace, '', {
    command: 'perl',
    args: ['-e', text],
    limits: { maxCpuSecs: 1, maxPids: 64 },
  });
  return registries[how].spawn({ capsule: 'c', principal: 'p', call: null }, 'persistent', spec);
}

/** Processor time of its own, in seconds; and an end after 15 s, should no limit hold. */
const perl = `use POSIX (); sub burn { my ($s) = @_; my $end = (times)[0] + $s; 1 while (times)[0] < $end }
  our $end = time + 15; sub again { time < $end }`;

describe.each(['watched', 'found'] as const)('a limit of a second (%s) holds for children', (how) => {
  it.each([
    [
      'whose parent ignores SIGCHLD',
      '$SIG{CHLD} = "IGNORE"; while (again()) { fork or do { burn(0.3); exit }; wait }',
    ],
    [
      'that are short, and whose parent ignores SIGCHLD',
      '$SIG{CHLD} = "IGNORE"; while (again()) { fork or do { burn(0.02); exit }; wait }',
    ],
    [
      'several at a time',
      '$SIG{CHLD} = "IGNORE"; while (again()) { for (1 .. 4) { fork or do { burn(0.05); exit }; } wait }',
    ],
    [
      'whose parent wants no zombies (SA_NOCLDWAIT)',
      `POSIX::sigaction(POSIX::SIGCHLD(), POSIX::SigAction->new("DEFAULT", undef, 2)); while (again()) { fork or do { burn(0.1); exit }; wait }`,
    ],
    [
      'that are orphans, which init adopts',
      'while (again()) { fork or do { fork or do { burn(0.1); exit }; exit }; wait; select(undef, undef, undef, 0.1) }',
    ],
    [
      'that go on as the next one and leave the last',
      'fork and do { sleep 15; exit }; while (again()) { burn(0.05); fork and POSIX::_exit(0); POSIX::setsid() } ',
    ],
  ])('%s', async (_what, program) => {
    const process = await start(how, `${perl} ${program}`);
    expect(await process.exited).toEqual({ code: null, signal: 9, reason: 'cpu-limit' });
    expect(process.view().usage?.cpuMs).toBeGreaterThanOrEqual(1000);
  });
});

it('children that are waited for are told as the kernel tells them, however short', async () => {
  const text = `${perl} for (1 .. 20) { fork or do { burn(0.02); exit }; wait } my @t = times; $| = 1; print 1000 * ($t[2] + $t[3]); sleep 60`;
  const child = await spawner.spawn(await script(workspace, '', { command: 'perl', args: ['-e', text] }));
  const stdout = collect(child.stdout);
  await until(async () => {
    await child.look();
    return stdout.text() !== '';
  });
  await child.look();
  const told = Number(stdout.text());
  expect(told).toBeGreaterThan(300);
  // And what perl itself took. What is sampled adds nothing to it.
  expect(child.usage()?.cpuMs).toBeGreaterThanOrEqual(told - 20);
  expect(child.usage()?.cpuMs).toBeLessThan(1.1 * told + 200);
  child.kill();
  await Promise.all([child.exited, stdout.ended]);
  child.stderr.close();
});
