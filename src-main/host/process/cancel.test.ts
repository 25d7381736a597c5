import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcessView } from '../../contract/views.ts';
import { startProbe, shell } from '../testing.ts';

const { probe, started, dataDir } = await startProbe();

/** Runs until it is told otherwise; on INT it takes a while to tidy up. */
const POLITE = 'trap "sleep 0.3; echo tidy > tidy-$0; exit 6" INT; echo up; while :; do sleep 0.01; done';

const labelled = (label: string): object => ({ ...shell(POLITE), args: ['-c', POLITE, label] });
const found = (name: string): ProcessView | undefined =>
  started.kernel.processes().find(({ command }) => command.at(-1) === name);
const up = async (name: string): Promise<void> => {
  await expect.poll(() => found(name)?.stdout.produced ?? 0).toBeGreaterThan(0);
};

describe('an invocation that is cut short', () => {
  it.each(['cancelled', 'overdue'] as const)(
    'because it is %s ends what it started for itself, gently, and nothing else',
    async (how) => {
      const as = { principal: how };
      const [earlier, mine, lasting] = [`earlier-${how}`, `mine-${how}`, `lasting-${how}`];
      // Of an earlier call of the same instance.
      const handle = await probe.ok('process.spawnBackground', [labelled(earlier)], as);
      const cancel = new AbortController();
      const call = started.kernel.invoke({
        capsule: 'probe',
        action: 'batch',
        payload: JSON.stringify({
          calls: [
            { fn: 'process.spawnPersistent', args: [labelled(lasting)] },
            { fn: 'process.spawnBackground', args: [labelled(mine)] },
            { fn: 'sys.sleepNs', args: [60_000_000_000] },
          ],
        }),
        ...as,
        ...(how === 'overdue' ? { timeoutMs: 5_000 } : { signal: cancel.signal }),
      });
      const failure = call.catch((error: unknown) => error);
      await Promise.all([earlier, mine, lasting].map(up));
      cancel.abort();
      await expect(failure).resolves.toMatchObject({
        code: how === 'overdue' ? 'guest-timed-out' : 'invocation-cancelled',
      });
      await expect.poll(() => found(mine)?.exit).toEqual({ code: 6, signal: null, reason: 'cancelled' });
      const workspace = join(dataDir, 'workspaces', how, 'probe');
      await expect(readFile(join(workspace, `tidy-${mine}`), 'utf8')).resolves.toBe('tidy\n');
      expect([found(earlier)?.phase, found(lasting)?.phase]).toEqual(['running', 'running']);
      // A guest that returned when it was told to keeps its instance, and so the handles of earlier calls.
      await expect(probe.ok('handle.readLogs', [handle], as)).resolves.toMatchObject({
        stdout: 'up\n',
        running: true,
      });
    },
  );

  it('ends the program it waits for: INT first, KILL when that is ignored', async () => {
    const cancel = new AbortController();
    const script = 'trap "" INT; echo up; while :; do sleep 0.01; done';
    const deaf = { ...shell(script), args: ['-c', script, 'deaf'] };
    const call = probe.ask('process.spawn', [deaf], { principal: 'deaf', signal: cancel.signal });
    const failure = call.catch((error: unknown) => error);
    await up('deaf');
    cancel.abort();
    await expect(failure).resolves.toMatchObject({ code: 'invocation-cancelled' });
    expect(found('deaf')).toMatchObject({ phase: 'stopping', stop: { step: 'int', revocable: false } });
    await expect
      .poll(() => found('deaf')?.exit, { timeout: 5_000 })
      .toEqual({ code: null, signal: 9, reason: 'cancelled' });
    const { stop } = found('deaf') ?? {};
    expect(stop).toBeNull();
  });
});
