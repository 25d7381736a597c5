import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { OS_THREADS, makeWorkspace, script, until } from '../../os/testing.ts';
import { ProcessRegistry } from '../registry/registry.ts';
import type { ManagedProcess } from './managed-process.ts';

const spawner = new SandboxSpawner(OS_THREADS);
const { path: workspace, remove } = makeWorkspace();
const registry = new ProcessRegistry({ spawn: (spec) => spawner.spawn(spec), clock: systemClock });
const owner = { capsule: 'c', principal: 'p', call: null };

afterEach(() => registry.stopAll(() => true, 'killed', 0));
afterAll(async () => {
  await registry.dispose();
  await spawner.dispose();
  remove();
});

async function start(command: string, ...args: readonly string[]): Promise<ManagedProcess> {
  const { stdin: _none, ...spec } = await script(workspace, '', { command, args });
  const process = await registry.spawn(owner, 'persistent', spec);
  await until(() => process.view().stdout.produced > 0);
  return process;
}

const TRAPPING = 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.01; done';
const TICKS = '$| = 1; while (1) { print "x\n"; select(undef, undef, undef, 0.002) }';
/** Makes a child every 5 ms, each in a session of its own, that writes for 50 ms. */
const SESSIONS = `use POSIX; $| = 1; $SIG{CHLD} = "IGNORE";
  while (1) { if (!fork) { POSIX::setsid(); for (1 .. 50) { print "x\n"; select(undef, undef, undef, 0.001) } exit }
  select(undef, undef, undef, 0.005) }`;

describe('a program that is', () => {
  it.each([
    ['in a group of its own', 'timeout', ['60']],
    ['in a session of its own', 'setsid', ['-w']],
    ['both, and deeper', 'setsid', ['-w', 'timeout', '60', 'setsid', '-w', 'timeout', '60']],
  ])('%s hears the TERM of a stop and ends by itself', async (_what, command, args) => {
    const process = await start(command, ...args, 'sh', '-c', TRAPPING);
    expect(await process.stop(20_000, 'stopped')).toMatchObject({ signal: null, reason: 'stopped' });
    // Some programs pass a signal on, so that it may come twice.
    expect(await process.drainText('stdout', 100)).toMatch(/^ready\n(bye\n)+$/);
  });

  it.each([
    ['in a group of its own', 'timeout', ['60', 'perl', '-e', TICKS]],
    ['in a session of its own', 'setsid', ['-w', 'perl', '-e', TICKS]],
    ['forking, each child in a session of its own', 'perl', ['-e', SESSIONS]],
    // While `vfork` waits for a child that is stopped, the parent cannot be: dash makes its children so.
    ['a shell that makes children', 'sh', ['-c', 'while :; do echo x; sleep 0.001; done']],
  ])('%s is frozen whole, and only then shown so', async (_what, command, args) => {
    const process = await start(command, ...args);
    for (let round = 0; round < 5; round += 1) {
      await process.signal('stop');
      await until(() => process.view().frozen);
      // What was in the pipe when the last of it stopped.
      await turns();
      const { produced } = process.view().stdout;
      await turns();
      expect(process.view()).toMatchObject({ frozen: true, stdout: { produced } });
      await process.signal('cont');
      await until(() => !process.view().frozen && process.view().stdout.produced > produced);
    }
  });

  it('stopped by itself is shown frozen, and hears a stop', async () => {
    const process = await start(
      'sh',
      '-c',
      `trap "echo bye; exit 7" TERM; echo ready; kill -STOP $$; sleep 60`,
    );
    await until(() => process.view().frozen);
    expect(await process.stop(20_000, 'stopped')).toEqual({ code: 7, signal: null, reason: 'stopped' });
    expect(process.view().frozen).toBe(false);
  });

  it('stopped in part is not shown frozen', async () => {
    const process = await start('sh', '-c', 'setsid sh -c "kill -STOP \\$\\$" & echo ready; sleep 60');
    await turns();
    expect(process.view().frozen).toBe(false);
  });
});

/** Long enough for some 50 ticks of any of these programs: what is wrong shows, what is right does not depend on it. */
function turns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
