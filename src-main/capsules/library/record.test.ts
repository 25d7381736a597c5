import { describe, expect, it } from 'vitest';
import { parseRecord, switchedRecord, switchOf, type InstallRecord } from './record.ts';

const RECORD: InstallRecord = {
  schema: 1,
  hash: 'a'.repeat(64),
  size: 1,
  imports: ['astrid:sys/host@1.0.0'],
  exports: [],
  grants: ['kv'],
  resolved: [{ kind: 'program', asked: 'sh', real: null, note: 'there is none' }],
  enabled: true,
  installedAt: 1,
};

describe('the record of an installation', () => {
  it('is read as it was written, also without what old ones do not have and with what later ones add', () => {
    const { resolved: _, ...old } = RECORD;
    const later = { ...RECORD, later: { more: [1] } };
    for (const record of [RECORD, { ...RECORD, grants: 'all' }, old, later]) {
      expect(parseRecord(JSON.stringify(record))).toEqual(record);
    }
  });

  it.each([
    ['a newer schema', { schema: 2 }, 'newer version'],
    ['an unknown schema', { schema: '1' }, '"schema"'],
    ['a hash that leaves its folder', { hash: `../${'a'.repeat(61)}` }, '"hash"'],
    ['a hash in capitals', { hash: 'A'.repeat(64) }, '"hash"'],
    ['a negative size', { size: -1 }, 'The install record has an invalid "size".'],
    ['a size in words', { size: '1' }, '"size"'],
    ['no imports', { imports: undefined }, 'The install record has no "imports".'],
    ['an export that is no text', { exports: ['run', 1] }, 'an invalid "exports[1]"'],
    ['other grants', { grants: 'some' }, '"grants"'],
    ['a grant that is no text', { grants: [null] }, '"grants"'],
    ['no list of entries', { resolved: null }, 'an invalid "resolved"'],
    ['an entry of no kind', { resolved: [{ asked: 'sh', real: null, note: '' }] }, 'no "resolved[0].kind"'],
    ['an entry that is null', { resolved: [null] }, 'an invalid "resolved[0]"'],
    ['no word on whether it is on', { enabled: undefined }, '"enabled"'],
    ['a broken time', { installedAt: 1.5 }, '"installedAt"'],
  ])('is damaged with %s', (_name, change, why) => {
    expect(() => parseRecord(JSON.stringify({ ...RECORD, ...change }))).toThrow(
      expect.objectContaining({ code: 'store-damaged', message: expect.stringContaining(why) }),
    );
  });
});

describe('enabling and disabling', () => {
  const disabled = { ...RECORD, enabled: false, disabledBecause: 'unexpected-end' } as const;

  it('keeps why the application disabled it until a person decides', () => {
    expect(switchedRecord(RECORD, false, 'unexpected-end')).toEqual(disabled);
    expect(parseRecord(JSON.stringify(disabled))).toEqual(disabled);
    expect(switchedRecord(disabled, true)).toEqual(RECORD);
    expect(switchedRecord(disabled, true, 'unexpected-end')).toEqual(RECORD);
    expect(switchedRecord(disabled, false)).toEqual({ ...RECORD, enabled: false });
  });

  it('goes over to the next version, and a first one is enabled', () => {
    expect(switchOf(undefined)).toEqual({ enabled: true });
    expect(switchOf(RECORD)).toEqual({ enabled: true });
    expect(switchOf(disabled)).toEqual({ enabled: false, disabledBecause: 'unexpected-end' });
  });

  it('does not lose a capsule by a reason that only a later version knows', () => {
    const later = { ...RECORD, enabled: false, disabledBecause: 'another' };
    expect(parseRecord(JSON.stringify(later))).toEqual(later);
  });
});
