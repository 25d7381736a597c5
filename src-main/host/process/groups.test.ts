import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startProbe, shell } from '../testing.ts';

const { probe, started } = await startProbe();

interface Handle {
  readonly $handle: number;
}

const start = (text: string): Promise<string> => probe.ok<string>('process.spawnPersistent', [shell(text)]);
const begun = async (id: string): Promise<void> => {
  const produced = async (): Promise<number> =>
    Number((await probe.ok<{ bufferedBytes: unknown }>('process.status', [id])).bufferedBytes);
  await expect.poll(produced, { timeout: 10_000 }).toBeGreaterThan(0);
};

describe('stop', () => {
  it('lets a program that tidies up for 300 ms end by itself, with its own exit code', async () => {
    const id = await start(
      'trap "sleep 0.3; echo tidy; exit 23" TERM; echo up; while :; do sleep 0.01; done',
    );
    await begun(id);
    const since = performance.now();
    await expect(probe.ok('process.stop', [id, 10_000])).resolves.toEqual({ exitCode: 23, signal: null });
    const took = performance.now() - since;
    expect(took).toBeGreaterThan(250);
    expect(took).toBeLessThan(9_000);
  });

  it('kills a program that does not want to end when its grace is over, and says so', async () => {
    const id = await start('trap "" TERM; echo up; while :; do sleep 0.01; done');
    await begun(id);
    const since = performance.now();
    await expect(probe.ok('process.stop', [id, 400])).resolves.toEqual({ exitCode: null, signal: 9 });
    expect(performance.now() - since).toBeGreaterThan(350);
  });

  it('kills a program whose pipeline alone does not want to end', async () => {
    const marker = seconds();
    const id = await start(
      `(trap "" TERM; sleep ${marker}) | (trap "" TERM; sleep ${marker}) & echo up; wait`,
    );
    await begun(id);
    expect(pidsWith(marker).length).toBeGreaterThan(1);
    await probe.ok('process.stop', [id, 300]);
    await expect.poll(() => pidsWith(marker)).toEqual([]);
  });
});

describe('the descendants of a program', () => {
  const PIPELINE = (marker: string): string => `sleep ${marker} | sleep ${marker} & echo up; wait`;

  it('end with it when it is stopped', async () => {
    const marker = seconds();
    const id = await start(PIPELINE(marker));
    await begun(id);
    expect(pidsWith(marker).length).toBeGreaterThan(1);
    await expect(probe.ok('process.stop', [id, 10_000])).resolves.toEqual({ exitCode: null, signal: 15 });
    await expect.poll(() => pidsWith(marker)).toEqual([]);
  });

  it.each(['the handle', 'the window'] as const)('end with it when %s kills it', async (who) => {
    const marker = seconds();
    const handle = await probe.ok<Handle>('process.spawnBackground', [shell(PIPELINE(marker))]);
    const view = () => started.kernel.processes().find(({ command }) => command.at(-1)?.includes(marker));
    await expect.poll(() => view()?.stdout.produced ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(pidsWith(marker).length).toBeGreaterThan(1);
    if (who === 'the handle') {
      await expect(probe.ok('handle.kill', [handle])).resolves.toMatchObject({
        killed: true,
        exit: { exitCode: null, signal: 9 },
      });
    } else {
      started.kernel.kill(view()?.key ?? '');
    }
    await expect.poll(() => pidsWith(marker)).toEqual([]);
    await expect(probe.ok('handle.wait', [handle, 5_000])).resolves.toEqual({ exitCode: null, signal: 9 });
    await probe.ok('drop', [handle]);
  });

  it('end with it when its handle is dropped, also those in sessions of their own', async () => {
    const marker = seconds();
    const handle = await probe.ok<Handle>('process.spawnBackground', [
      shell(`setsid sleep ${marker} & setsid sh -c "sleep ${marker} | sleep ${marker}" & echo up; wait`),
    ]);
    await expect.poll(() => pidsWith(marker).length, { timeout: 10_000 }).toBeGreaterThan(3);
    await probe.ok('drop', [handle]);
    await expect.poll(() => pidsWith(marker), { timeout: 10_000 }).toEqual([]);
  });

  it('end with it when it ends by itself', async () => {
    const marker = seconds();
    const ran = probe.ok('process.spawn', [
      shell(`sleep ${marker} >/dev/null 2>&1 & sleep ${marker} & exit 3`),
    ]);
    await expect(ran).resolves.toMatchObject({ exit: { exitCode: 3 } });
    await expect.poll(() => pidsWith(marker)).toEqual([]);
  });
});

let used = 0;

/** A time to sleep that no other process of the machine has in its command line. */
function seconds(): string {
  used += 1;
  return `1000.${process.pid}${String(used).padStart(4, '0')}`;
}

/** Live processes of the host (no zombies) whose command line holds `text`. */
function pidsWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      // A zombie's command line is empty.
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
