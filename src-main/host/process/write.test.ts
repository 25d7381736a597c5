import { expect, it } from 'vitest';
import { bytesOf, shell, startProbe } from '../testing.ts';

const { probe, started } = await startProbe();

const BYTES = 300_000;
/** What a pipe holds, and one piece that may be under way. */
const AT_MOST_LEFT = 65_536 + 4_096;

it('a write that was cut short is not written later', async () => {
  // Reads nothing until it is told to.
  const text = 'trap "cat; exit 0" USR1; echo up; while :; do sleep 0.01; done';
  const id = await probe.ok<string>('process.spawnPersistent', [shell(text, { keepStdinOpen: true })]);
  await expect.poll(() => started.kernel.processes()[0]?.stdout.produced).toBe(3);
  const write = (letter: string, options = {}) =>
    probe.ok('process.writeStdin', [id, { $repeat: letter, count: BYTES }], options);
  await expect(write('a', { timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'guest-timed-out' });

  const again = write('b');
  await probe.ok('process.signal', [id, 'usr1']);
  await expect(again).resolves.toBe(BYTES);
  await probe.ok('process.closeStdin', [id]);
  await probe.ok('process.wait', [id, 10_000]);
  const { data } = await probe.ok<{ data: unknown }>('process.readSince', [id, 'stdout', {}, 1_048_576]);
  const [, cutShort = '', whole = ''] = /^up\n(a*)(b*)$/.exec(bytesOf(data).toString()) ?? [];
  expect(whole).toHaveLength(BYTES);
  expect(cutShort.length).toBeLessThanOrEqual(AT_MOST_LEFT);
});
