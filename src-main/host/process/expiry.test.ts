import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcessView } from '../../contract/views.ts';
import { startProbe, shell } from '../testing.ts';

const { probe, started, dataDir } = await startProbe();

const SAVING = 'trap "sleep 0.3; echo saved > $0; exit 4" TERM; echo up; while :; do sleep 0.01; done';

const start = (name: string, limits: object): Promise<string> =>
  probe.ok<string>('process.spawnPersistent', [{ ...shell(''), args: ['-c', SAVING, name], ...limits }]);
const found = (name: string): ProcessView | undefined =>
  started.kernel.processes().find(({ command }) => command.at(-1) === name);

// The reaper looks every two seconds.
const PATIENCE = { timeout: 10_000 };

describe('a persistent process whose time is over', () => {
  it.each([
    ['idle', { idleTimeoutMs: 2_000 }],
    ['lifetime', { maxLifetimeMs: 500 }],
  ])('may save its work, and stays readable with the reason (%s)', async (reason, limits) => {
    const id = await start(reason, limits);
    // Asking is no use of it, so it does not live longer for this.
    await expect
      .poll(() => probe.ok('process.status', [id]), PATIENCE)
      .toMatchObject({ phase: 'exited', exit: { exitCode: 4, signal: null }, osPid: null });
    expect(found(reason)?.exit).toEqual({ code: 4, signal: null, reason });
    const file = join(dataDir, 'workspaces', 'default', 'probe', reason);
    await expect(readFile(file, 'utf8')).resolves.toBe('saved\n');
    await expect(probe.ok('process.readLogs', [id])).resolves.toMatchObject({
      stdout: 'up\n',
      running: false,
    });
    await probe.ok('process.releaseProcess', [id]);
  });

  it('is not idle while a call waits for it', async () => {
    const id = await start('waited for', { idleTimeoutMs: 2_000 });
    await expect(probe.errOf('process.wait', [id, 5_000])).resolves.toBe('wait-timeout');
    expect(found('waited for')?.exit).toBeNull();
    await probe.ok('process.stop', [id, 0]);
  });

  it('is forgotten when its retention is over', async () => {
    const id = await start('short-lived', { idleTimeoutMs: 1, exitRetentionMs: 1 });
    await expect
      .poll(() => probe.ask('process.status', [id]), PATIENCE)
      .toEqual({ err: { tag: 'no-such-process' } });
    expect(found('short-lived')).toBeUndefined();
  });
});
