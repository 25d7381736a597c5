import { describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
import { readTarHeader, type TarHeader } from './tar-header.ts';
import { entry, type HeaderFields } from './testing.ts';

function read(name: string, fields: HeaderFields = {}): TarHeader | string {
  const [header = Buffer.of()] = entry(name, Buffer.of(), fields);
  try {
    return readTarHeader(header);
  } catch (error) {
    if (isTypedError(error)) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
}

describe('a tar header', () => {
  it.each([
    ['x', '"x"'],
    ['', '""'],
    ['n'.repeat(100), `"${'n'.repeat(100)}"`],
    ['é\u202e', '"é\\u{202e}"'],
  ])('shows its name: %j as %j', (name, shownName) => {
    expect(read(name)).toEqual({ shownName, type: '0', size: 0 });
  });

  it.each<[string, number | null]>([
    ['00000000012\0', 10],
    ['12\0', 10],
    ['12 ', 10],
    ['         12\0', 10],
    ['       12 \0', 10],
    ['777777777777', 8 ** 12 - 1],
    ['77777777776\0', 8 ** 11 - 2],
    ['77777777777\0', null],
    ['77777777777 ', null],
    ['\0', 0],
    ['            ', 0],
    [`\x80${'\0'.repeat(9)}\x01\x02`, 258],
    [`\x80${'\0'.repeat(4)}\x01${'\0'.repeat(6)}`, 2 ** 48],
  ])('says how many bytes follow: %j is %j', (size, bytes) => {
    expect(read('x', { size })).toMatchObject({ size: bytes });
  });

  it.each(['8\0', '9', '1 2', '1\x002', 'x1', '1x', '-1', '0x1', '\xff'.repeat(12), '\x81\0'])(
    'is refused when it does not: %j',
    (size) => {
      expect(read('x', { size })).toBe(
        'archive-corrupt: The archive is damaged: the header of "x" has no size.',
      );
    },
  );

  it.each(['ustar\x0000', 'ustar  \0', '\0\0\0\0\0\0'])('has a format that is known: %j', (magic) => {
    expect(read('x', { magic, type: '\0' })).toEqual({ shownName: '"x"', type: '\0', size: 0 });
  });

  it.each(['ustar', 'ustar1', 'USTAR\0', 'xstar\0', '\0ustar'].map((magic) => magic.padEnd(6, 'x')))(
    'has no other format: %j',
    (magic) => {
      expect(read('x', { magic })).toBe(
        'archive-corrupt: The archive is damaged: "x" has a header of an unknown format.',
      );
    },
  );
});
