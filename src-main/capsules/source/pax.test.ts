import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
import { readPax } from './pax.ts';
import { paxRecord } from './testing.ts';

const bytes = (records: readonly (readonly [string, string])[]): Uint8Array =>
  Buffer.concat(records.map(paxRecord));

function refusal(data: Uint8Array, scope: 'entry' | 'all' = 'entry'): string {
  try {
    readPax(data, scope, '"x"');
  } catch (error) {
    if (isTypedError(error)) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
  return 'read';
}

describe('an extended header', () => {
  it('says a path and a size, the last one where it says the same twice, and nothing else that matters', () => {
    const other = fc.tuple(
      fc.constantFrom(
        'mtime',
        'comment',
        'SCHILY.xattr.user.a',
        'SCHILY.realsizes',
        'SUN.holesdata2',
        'X.GNU.sparse.',
      ),
      fc.string({ unit: 'grapheme', maxLength: 1_200 }),
    );
    const path = fc.string({ unit: 'grapheme', maxLength: 120 });
    const size = fc.nat().map(String);
    fc.assert(
      fc.property(
        fc.array(other, { maxLength: 3 }),
        fc.option(fc.oneof(path, fc.constant(''))),
        fc.option(fc.oneof(size, fc.constant(''))),
        fc.constantFrom(undefined, '', 'ISO-IR 10646 2000 UTF-8'),
        (others, name, length, charset) => {
          const records: (readonly [string, string])[] = [
            ...others,
            ...(charset === undefined ? [] : [['hdrcharset', charset] as const]),
            ...(name === null ? [] : [['path', name] as const, ['path', name] as const]),
            ...(length === null ? [] : [['size', length] as const]),
          ];
          expect(readPax(bytes(records), 'entry', '"x"')).toEqual({
            ...(name === null || name === '' ? {} : { path: name }),
            ...(length === null || length === '' ? {} : { size: Number(length) }),
          });
        },
      ),
    );
  });

  it.each([
    ['', 'read'],
    ['6 a=b\n', 'read'],
    ['5 a=\n', 'read'],
    ['06 a=b\n', 'unreadable'],
    ['0000007 a=b\n', 'unreadable'],
    ['0000012 a=b\n', 'read'],
    ['00000013 a=b\n', 'unreadable'],
    ['6 a=b', 'unreadable'],
    ['6 a=bc', 'unreadable'],
    ['7 a=b\n', 'unreadable'],
    ['9 a=b\n', 'unreadable'],
    ['5 a=b\n', 'unreadable'],
    ['6 a=b\n6', 'unreadable'],
    ['6 a=b\n6 a', 'unreadable'],
    ['5 =b\n', 'unreadable'],
    ['4 a\n', 'unreadable'],
    ['2 \n', 'unreadable'],
    ['1 a=b\n', 'unreadable'],
    ['0 a=b\n', 'unreadable'],
    [' a=b\n', 'unreadable'],
    ['-6 a=b\n', 'unreadable'],
    ['+6 a=b\n', 'unreadable'],
    ['6. a=b\n', 'unreadable'],
    ['0x8 a=b\n', 'unreadable'],
    ['8e0 a=b\n', 'unreadable'],
    ['\n8 a=b\n', 'unreadable'],
    ['8\n a=b\n', 'unreadable'],
    ['5 a=\n2\n', 'unreadable'],
    ['5 a=\n0 b=\n', 'unreadable'],
    ['x', 'unreadable'],
    ['\0\0\0', 'unreadable'],
  ])('has records of exactly their own length: %j is %s', (data, expected) => {
    expect(refusal(Buffer.from(data))).toBe(
      expected === 'read'
        ? 'read'
        : 'archive-corrupt: The archive is damaged: the extended header of "x" cannot be read.',
    );
  });

  it('is read or refused in words, whatever is in it', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(fc.constantFrom('1', '6', '12', ' ', 'a', '=', '\n', 'size', 'é', '\0'), { maxLength: 12 })
        .map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('entry' as const, 'all' as const), (data, scope) => {
        expect(refusal(data, scope)).toMatch(/^(?:read|archive-corrupt: .+|archive-unsupported: .+)$/);
      }),
    );
  });

  it.each(['path', 'linkpath', 'size'])('does not say two things of one entry, nor one of all: %s', (key) => {
    expect(
      refusal(
        bytes([
          [key, '1'],
          [key, '1'],
        ]),
      ),
    ).toBe('read');
    expect(
      refusal(
        bytes([
          [key, '1'],
          ['comment', '2'],
          [key, '2'],
        ]),
      ),
    ).toBe(
      `archive-corrupt: The archive is damaged: the extended header of "x" has two different values for "${key}".`,
    );
    expect(
      refusal(
        bytes([
          ['mtime', '1'],
          ['mtime', '2'],
        ]),
      ),
    ).toBe('read');
    expect(refusal(bytes([[key, '1']]), 'all')).toBe(
      `archive-unsupported: The archive cannot be read here: it gives all entries one "${key}".`,
    );
  });

  it.each(['GNU.sparse.major', 'GNU.sparse.', 'SCHILY.realsize', 'SUN.holesdata'])(
    'is refused for a sparse file: %s',
    (key) => {
      expect(refusal(bytes([[key, '1']]))).toBe(
        'archive-unsupported: The archive cannot be read here: "x" is stored as a sparse file.',
      );
    },
  );

  it.each(['BINARY', 'ISO-8859-1', 'utf-8'])('is refused in another encoding: %s', (charset) => {
    expect(refusal(bytes([['hdrcharset', charset]]))).toBe(
      'archive-unsupported: The archive cannot be read here: the name of "x" is not UTF-8.',
    );
  });

  it.each(['-1', '1.5', 'x1', '1x', ' 1', '1\n', '0x1'])('has a size in whole bytes: %j is none', (size) => {
    expect(refusal(bytes([['size', size]]))).toBe(
      'archive-corrupt: The archive is damaged: the extended header of "x" gives no whole number of bytes as its size.',
    );
  });
});
