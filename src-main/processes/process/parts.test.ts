import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { makeWorkspace, script } from '../../os/testing.ts';
import { decodeCursor, encodeCursor } from '../registry/cursor-token.ts';
import { KeyedHash, newProcessId } from '../registry/process-id.ts';
import { makeLabel, planProcess } from './spec.ts';
import { Utf8Carry } from '../output/utf8-carry.ts';

const { path: workspace, remove } = makeWorkspace();
afterAll(remove);
const { stdin: _none, ...spec } = await script(workspace, '', { command: 'git', args: ['log', '-1'] });

describe('a process-id', () => {
  it('is 52 characters of lower-case base32, never twice', () => {
    const ids = Array.from({ length: 1000 }, newProcessId);
    expect(ids.every((id) => /^[a-z2-7]{52}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(1000);
    // Every character must carry randomness; the last has only one bit of it.
    expect(
      Array.from({ length: 51 }, (_, at) => new Set(ids.map((id) => id[at])).size).every((n) => n > 25),
    ).toBe(true);
  });

  it('is shown as a keyed hash that another registry would not give', () => {
    const hash = new KeyedHash();
    expect(hash.of('a')).toMatch(/^[0-9a-f]{16}$/);
    expect(hash.of('a')).toBe(hash.of('a'));
    expect(hash.of('a')).not.toBe(new KeyedHash().of('a'));
    expect(hash.of('a', 'b')).not.toBe(hash.of('ab'));
    expect(hash.of('a', 'b')).not.toBe(hash.of('a', 'b', ''));
  });
});

describe('a cursor token', () => {
  const hash = new KeyedHash();

  it('comes back as the offset it was made from', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (offset) => {
        expect(decodeCursor(hash, 'id', 'stdout', encodeCursor(hash, 'id', 'stdout', offset))).toBe(offset);
      }),
    );
  });

  it('is good for no other process, stream or registry, and cannot be made up', () => {
    const token = encodeCursor(hash, 'id', 'stdout', 100);
    const refusal = expect.objectContaining({ code: 'no-such-process' }) as Error;
    expect(() => decodeCursor(hash, 'other', 'stdout', token)).toThrow(refusal);
    expect(() => decodeCursor(hash, 'id', 'stderr', token)).toThrow(refusal);
    expect(() => decodeCursor(new KeyedHash(), 'id', 'stdout', token)).toThrow(refusal);
    for (const made of ['', '64', '.', `65${token.slice(2)}`, `0${token}`, `${token} `, 'ffffffffffffffff']) {
      expect(() => decodeCursor(hash, 'id', 'stdout', made), made).toThrow(refusal);
    }
  });
});

describe('a label', () => {
  it.each([
    ['plain', 'plain'],
    ['a\nb\u001b[31mc\u0085d', 'ab[31mcd'],
    ['x'.repeat(200), 'x'.repeat(128)],
    [`${'x'.repeat(127)}é`, 'x'.repeat(127)],
    ['😀'.repeat(40), '😀'.repeat(32)],
  ])('of %j is %j', (text, label) => {
    expect(makeLabel(text)).toBe(label);
  });

  it('is the command and its arguments when none was given', () => {
    expect(planProcess(spec, 'persistent').label).toBe('git log -1');
  });
});

describe('a plan', () => {
  it('fills in the defaults', () => {
    expect(planProcess(spec, 'persistent')).toMatchObject({
      ...{ keepStdinOpen: false, overflow: 'drop-oldest', ringBytes: 1_048_576, initialStdin: null },
      ...{ maxLifetimeMs: 21_600_000, idleTimeoutMs: 1_800_000, exitRetentionMs: 300_000 },
      spawn: { stdin: 'none' },
    });
    expect(planProcess(spec, 'ephemeral').idleTimeoutMs).toBeNull();
    expect(planProcess(spec, 'sync').maxLifetimeMs).toBe(300_000);
  });

  it('keeps to the limits', () => {
    const much = { maxLifetimeMs: 1e12, idleTimeoutMs: 1e12, exitRetentionMs: 1e12, ringBytes: 1e12 };
    expect(planProcess({ ...spec, ...much }, 'persistent')).toMatchObject({
      ...{
        maxLifetimeMs: 21_600_000,
        idleTimeoutMs: 21_600_000,
        exitRetentionMs: 3_600_000,
        ringBytes: 8_388_608,
      },
    });
  });

  it('refuses an idle time-out of zero and an input over 4 MiB', () => {
    const refusal = (code: string): Error => expect.objectContaining({ code }) as Error;
    expect(() => planProcess({ ...spec, idleTimeoutMs: 0 }, 'persistent')).toThrow(refusal('invalid-input'));
    const stdin = new Uint8Array(4 * 1024 * 1024 + 1);
    expect(() => planProcess({ ...spec, stdin }, 'sync')).toThrow(refusal('too-large'));
  });
});

describe('text from pieces', () => {
  it('is the same wherever the bytes were cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat({ max: 7 })), (text, cuts) => {
        const bytes = new TextEncoder().encode(text);
        const carry = new Utf8Carry();
        let at = 0;
        let got = '';
        for (const cut of cuts) {
          got += carry.take(bytes.subarray(at, at + cut), false);
          at = Math.min(bytes.length, at + cut);
        }
        expect(got + carry.take(bytes.subarray(at), true)).toBe(text);
      }),
    );
  });

  it('replaces what is no UTF-8, and what was torn by a loss', () => {
    const carry = new Utf8Carry();
    expect(carry.take(Uint8Array.of(0x61, 0xff, 0xe2, 0x82), false)).toBe('a\uFFFD');
    expect(carry.skip()).toBe('\uFFFD');
    expect(carry.take(Uint8Array.of(0x62), true)).toBe('b');
  });
});
