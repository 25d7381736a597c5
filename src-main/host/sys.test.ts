import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceUuid } from '../capsules/component/hash.ts';
import { RATES } from '../policy/charges.ts';
import { readAudit } from '../testing/read-audit.ts';
import { bytesOf, startProbe } from './testing.ts';

const { probe, started, dataDir } = await startProbe();

/** Lines of the capsule's log of one principal. */
async function logLines(principal: string): Promise<readonly string[]> {
  const folder = join(dataDir, 'logs', principal, 'probe');
  const files: string[] = await readdir(folder).catch(() => []);
  files.sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.join('').split('\n').slice(0, -1);
}

describe('who calls', () => {
  it('is the principal of the invocation', async () => {
    const caller = await probe.ok('sys.getCaller', [], { principal: 'anna' });
    expect(caller).toEqual({
      principal: 'anna',
      sourceId: '00000000-0000-0000-0000-000000000000',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    await expect(probe.ok('sys.getCaller')).resolves.toMatchObject({ principal: 'default' });
  });

  it.each(['anonymous', '', 'a b', '../x'])('cannot be %j', async (principal) => {
    await expect(probe.ask('sys.getCaller', [], { principal })).rejects.toMatchObject({
      code: expect.stringMatching(/^principal-/),
    });
  });
});

describe('configuration', () => {
  it.each([
    ['plain', 'a default'],
    ['number', '42'],
    ['unset', null],
    ['hidden', null],
    ['not-in-the-manifest', null],
  ])('of %s is %j', async (key, value) => {
    await expect(probe.ok('sys.getConfig', [key])).resolves.toBe(value);
  });

  it('keeps the host’s own key', async () => {
    await expect(probe.errOf('sys.getConfig', ['ASTRID_SOCKET_PATH'])).resolves.toBe('config-key-reserved');
  });
});

describe('time', () => {
  it('sleeps as long as asked, and not longer than a minute', async () => {
    const before = Date.now();
    await probe.ok('sys.sleepNs', [30_000_000]);
    expect(Date.now() - before).toBeGreaterThanOrEqual(29);
    await expect(probe.errOf('sys.sleepNs', [60_000_000_001])).resolves.toBe('too-large');
  });

  it('of day is the system’s, and the steady one never goes back and is one for all instances', async () => {
    const now = await probe.ok<number>('sys.clockMs');
    expect(Math.abs(Date.now() - now)).toBeLessThan(5_000);
    const steady = async (principal: string): Promise<number> =>
      Number(await probe.ok('sys.clockMonotonicNs', [], { principal }));
    const times = [await steady('one'), await steady('two'), await steady('one'), await steady('two')];
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });
});

describe('randomness', () => {
  it('comes in the length asked for, at most 4,096 bytes', async () => {
    for (const length of [0, 1, 4_096]) {
      expect(bytesOf(await probe.ok('sys.randomBytes', [length]))).toHaveLength(length);
    }
    expect(bytesOf(await probe.ok('sys.randomBytes', [32]))).not.toEqual(
      bytesOf(await probe.ok('sys.randomBytes', [32])),
    );
    await expect(probe.errOf('sys.randomBytes', [4_097])).resolves.toBe('too-large');
  });
});

describe('capabilities', () => {
  it('that are held are named in byte order', async () => {
    await expect(probe.ok('sys.enumerateCapabilities')).resolves.toEqual([
      'allow_persistent',
      'host_process',
    ]);
  });

  it('of a capsule are told by its uuid, and anything unknown is no', async () => {
    const { hash } = started.kernel.capsules().find(({ id }) => id === 'probe') ?? { hash: '' };
    const uuid = sourceUuid('probe', hash);
    const check = (sourceUuid_: string, capability: string): Promise<unknown> =>
      probe.ok('sys.checkCapsuleCapability', [{ sourceUuid: sourceUuid_, capability }]);
    await expect(check(uuid, 'host_process')).resolves.toEqual({ allowed: true });
    await expect(check(uuid, 'net')).resolves.toEqual({ allowed: false });
    await expect(check(uuid, 'bind_workers')).resolves.toEqual({ allowed: false });
    await expect(check(uuid, 'everything')).resolves.toEqual({ allowed: false });
    await expect(check('00000000-0000-0000-0000-000000000000', 'host_process')).resolves.toEqual({
      allowed: false,
    });
    await expect(check('no uuid', 'host_process')).resolves.toEqual({ allowed: false });
  });
});

describe('the log', () => {
  it('has one line a call, whatever is in it', async () => {
    const principal = 'logger';
    const forged = 'harmless\n1700000000.000 ERROR [probe] forged\r\u001b[2J\u2028end';
    await probe.ok('sys.log', ['warn', forged], { principal });
    await probe.ok('sys.log', ['info', 'grün 🌲'], { principal });
    await expect.poll(() => logLines(principal)).toHaveLength(2);
    const [first, second] = await logLines(principal);
    expect(first).toMatch(/^\d{10}\.\d{3} WARN \[probe\] harmless\\n1700000000\.000 ERROR \[probe\] forged/);
    expect(first).toContain('\\r\\u001b[2J\\u2028end');
    expect(second).toMatch(/ INFO \[probe\] grün 🌲$/);
    expect(started.events).toContainEqual(
      expect.objectContaining({
        kind: 'guest-log',
        capsule: 'probe',
        principal,
        level: 'info',
        message: 'grün 🌲',
      }),
    );
  });

  it('takes so many lines a second and drops the rest without a word to the guest, but with one record', async () => {
    const principal = 'chatter';
    const calls = Array.from({ length: 3_000 }, (_, n) => ({ fn: 'sys.log', args: ['info', `line ${n}`] }));
    const result = await started.kernel.invoke({
      capsule: 'probe',
      action: 'batch',
      payload: JSON.stringify({ calls }),
      principal,
    });
    const answers = (JSON.parse(result.data ?? '') as { ok: unknown[] }).ok;
    expect(answers).toEqual(calls.map(() => ({ ok: null })));
    const seconds = Math.ceil(result.durationMs / 1_000) + 1;
    const refusals = async () =>
      (await readAudit(dataDir)).filter(
        (record) => record.principal === principal && record.outcome === 'denied',
      );
    await expect.poll(async () => (await refusals()).length).toBeGreaterThan(0);
    expect((await refusals()).length).toBeLessThanOrEqual(seconds);
    expect((await logLines(principal)).length).toBeLessThanOrEqual(seconds * RATES['log-lines']);
  });
});
