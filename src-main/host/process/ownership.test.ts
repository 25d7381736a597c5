import { describe, expect, it } from 'vitest';
import { startProbe, shell } from '../testing.ts';

const { probe } = await startProbe();

const start = (text: string, more: object = {}, principal = 'default'): Promise<string> =>
  probe.ok<string>('process.spawnPersistent', [shell(text, more)], { principal });
const end = (id: string, principal = 'default'): Promise<unknown> =>
  probe.ok('process.stop', [id, 0], { principal });

const BY_ID: readonly (readonly [string, readonly unknown[]])[] = [
  ['process.status', []],
  ['process.readLogs', []],
  ['process.readSince', ['stdout', {}, 10]],
  ['process.writeStdin', [{ $text: 'x' }]],
  ['process.closeStdin', []],
  ['process.signal', ['term']],
  ['process.wait', [0]],
  ['process.stop', [0]],
  ['process.attach', []],
  ['process.watch', [null]],
];

describe('an id that is not the caller’s', () => {
  it.each(BY_ID)('answers %s as one that never was', async (fn, args) => {
    const id = await start('sleep 30', {}, 'owner');
    const unknown = await probe.ask(fn, ['a'.repeat(52), ...args]);
    const foreign = await probe.ask(fn, [id, ...args], { principal: 'stranger' });
    expect(unknown).toEqual({ err: { tag: 'no-such-process' } });
    expect(foreign).toEqual(unknown);
    await expect(probe.ok('process.status', [id], { principal: 'owner' })).resolves.toMatchObject({
      phase: 'running',
    });
    await end(id, 'owner');
  });

  it('is in no list, and releasing it does nothing', async () => {
    const id = await start('true', {}, 'owner');
    await probe.ok('process.wait', [id, 5_000], { principal: 'owner' });
    const stranger = { principal: 'stranger' };
    await expect(probe.ok('process.listProcesses', [], stranger)).resolves.toEqual([]);
    await expect(probe.ok('process.statusMany', [[id]], stranger)).resolves.toEqual([]);
    await expect(probe.ok('process.releaseProcess', [id], stranger)).resolves.toBeNull();
    await expect(probe.ok('process.status', [id], { principal: 'owner' })).resolves.toMatchObject({ id });
    await end(id, 'owner');
  });
});
