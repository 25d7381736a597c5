import { describe, expect, it } from 'vitest';
import type { ProcessView } from '../../contract/views.ts';
import { readAudit } from '../../testing/read-audit.ts';
import { shell, startProbe } from '../testing.ts';

const { probe, started, dataDir } = await startProbe();

/** A program that does not hear TERM and ends with 7 on its next line of input. */
async function startDeaf(label: string): Promise<{ readonly id: string; readonly view: () => ProcessView }> {
  const text = 'trap "" TERM; echo up; read line; echo "got $line"; exit 7';
  const id = await probe.ok<string>('process.spawnPersistent', [shell(text, { label, keepStdinOpen: true })]);
  const view = (): ProcessView => {
    const found = started.kernel.processes().find((process) => process.label === label);
    expect(found).toBeDefined();
    return found as ProcessView;
  };
  await expect.poll(() => view().stdout.produced).toBeGreaterThan(0);
  return { id, view };
}

/** Lets it end by itself, and reads what the owner can still know of it. */
async function endOf(id: string): Promise<unknown> {
  await probe.ok('process.writeStdin', [id, { $text: 'go\n' }]);
  await probe.ok('process.wait', [id, 10_000]);
  return Promise.all([probe.ok('process.status', [id]), probe.ok('process.readLogs', [id])]);
}

const KEPT = [
  { phase: 'exited', exit: { exitCode: 7, signal: null } },
  { stdout: 'up\ngot go\n', running: false, exit: { exitCode: 7, signal: null } },
];

describe('a stop', () => {
  it('that the operator cancels is told to the guest, and the process stays known to its end and after', async () => {
    const { id, view } = await startDeaf('called off');
    const stop = probe.errOf('process.stop', [id, 30_000]);
    await expect.poll(() => view().phase).toBe('stopping');
    started.kernel.cancelStop(view().key);
    await expect(stop).resolves.toBe('cancelled');
    await expect
      .poll(async () => (await readAudit(dataDir)).filter(({ action }) => action.endsWith('#stop')))
      .toMatchObject([{ outcome: 'failed', reason: 'cancelled: the operator cancelled the stop' }]);
    expect(view()).toMatchObject({ phase: 'running', stop: null });
    await expect(endOf(id)).resolves.toMatchObject(KEPT);
    expect(view().exit).toEqual({ code: 7, signal: null, reason: 'self' });
    // Now it is carried out, and forgets the id.
    await expect(probe.ok('process.stop', [id, 0])).resolves.toEqual({ exitCode: 7, signal: null });
    await expect(probe.errOf('process.status', [id])).resolves.toBe('no-such-process');
  });

  it('that the operator cancels answers the window too', async () => {
    const { id, view } = await startDeaf('by the window');
    const stop = started.kernel.stop(view().key, 30_000);
    await expect.poll(() => view().phase).toBe('stopping');
    started.kernel.cancelStop(view().key);
    await stop;
    expect(view().phase).toBe('running');
    await probe.ok('process.stop', [id, 0]);
  });

  it('whose call ended before it is carried out all the same, but the end is kept for the owner', async () => {
    const { id, view } = await startDeaf('cut short');
    const cancel = new AbortController();
    const call = probe
      .ask('process.stop', [id, 30_000], { signal: cancel.signal })
      .catch((error: unknown) => error);
    await expect.poll(() => view().phase).toBe('stopping');
    cancel.abort();
    await expect(call).resolves.toMatchObject({ code: 'invocation-cancelled' });
    expect(view()).toMatchObject({ phase: 'stopping', stop: { step: 'term' } });
    await expect(endOf(id)).resolves.toMatchObject(KEPT);
    await probe.ok('process.releaseProcess', [id]);
  });
});
