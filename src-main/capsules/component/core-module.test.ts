import { describe, expect, it } from 'vitest';
import { TypedError } from '../../base/typed-error.ts';
import { ComponentReader } from './reader.ts';
import { readCoreModule, type LimitsSection } from './core-module.ts';

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

function read(bytes: readonly number[]) {
  return readCoreModule(new ComponentReader(Uint8Array.from([...HEADER, ...bytes]), 0, 8 + bytes.length));
}

function declared(section: LimitsSection | null) {
  return (section?.limits ?? []).map(({ minimum, maximum }) => ({ minimum, maximum }));
}

/** 2^63 as a LEB128. */
const HUGE = [...Array.from({ length: 9 }, () => 0x80), 0x01];

describe('what a core module declares', () => {
  it.each([
    ['nothing', [0, 2, 1, 65], []],
    ['no maximum', [5, 3, 1, 0x00, 3], [{ minimum: 3, maximum: null }]],
    ['a maximum', [5, 4, 1, 0x01, 3, 9], [{ minimum: 3, maximum: 9 }]],
    [
      'several memories of every kind',
      [5, 10, 3, ...[0x03, 1, 9], ...[0x04, 2], ...[0x09, 4, 8, 0]],
      [
        { minimum: 1, maximum: 9 },
        { minimum: 2, maximum: null },
        { minimum: 4, maximum: 8 },
      ],
    ],
    ['a 64-bit number of pages', [5, 12, 1, 0x04, ...HUGE], [{ minimum: 2 ** 63, maximum: null }]],
  ])('is read of its memories: %s', (_what, bytes, memories) => {
    expect(declared(read(bytes).memories)).toEqual(memories);
  });

  it.each([
    ['of functions', [4, 4, 1, 0x70, 0x00, 3], [{ minimum: 3, maximum: null }]],
    ['of host values, with a maximum', [4, 5, 1, 0x6f, 0x01, 3, 9], [{ minimum: 3, maximum: 9 }]],
    ['of one type of functions', [4, 5, 1, 0x64, 0x05, 0x00, 3], [{ minimum: 3, maximum: null }]],
    ['with 64-bit indices', [4, 13, 1, 0x70, 0x04, ...HUGE], [{ minimum: 2 ** 63, maximum: null }]],
    [
      'that starts with a value',
      [4, 12, 2, ...[0x40, 0x00, 0x70, 0x00, 7, 0xd2, 1, 0x0b], ...[0x70, 0x00, 5]],
      [
        { minimum: 7, maximum: null },
        { minimum: 5, maximum: null },
      ],
    ],
  ])('is read of its tables: one %s', (_what, bytes, tables) => {
    expect(declared(read(bytes).tables)).toEqual(tables);
  });

  it('is read of its imports: how many tables it takes from elsewhere', () => {
    const imports = [
      ...[1, 97, 1, 98, 0x00, 0], // function
      ...[1, 97, 1, 99, 0x01, 0x70, 0x00, 1], // table
      ...[1, 97, 1, 100, 0x02, 0x00, 1], // memory
      ...[1, 97, 1, 101, 0x03, 0x7f, 0x01], // global
      ...[1, 97, 1, 102, 0x01, 0x6f, 0x01, 1, 2], // table
      ...[1, 97, 1, 103, 0x04, 0x00, 0], // tag
    ];
    expect(read([2, imports.length + 1, 6, ...imports])).toEqual({
      memories: null,
      tables: null,
      importedTables: 2,
      segmentEntries: 0,
    });
  });

  it.each([
    ['active', [0x00, 0x41, 0x7f, 0x0b, 2, 1, 2]],
    ['active, at a computed place', [0x00, 0x23, 0, 0x41, 1, 0x6a, 0x0b, 2, 1, 2]],
    ['passive', [0x01, 0x00, 2, 1, 2]],
    ['active in a table by number', [0x02, 5, 0x41, 0, 0x0b, 0x00, 2, 1, 2]],
    ['declared only', [0x03, 0x00, 2, 1, 2]],
    ['active, of expressions', [0x04, 0x41, 0, 0x0b, 2, 0xd2, 1, 0x0b, 0xd2, 2, 0x0b]],
    ['passive, of expressions', [0x05, 0x70, 2, 0xd0, 0x70, 0x0b, 0xd2, 2, 0x0b]],
    [
      'active in a table by number, of expressions',
      [0x06, 1, 0x41, 0, 0x0b, 0x6f, 2, 0xd0, 0x6f, 0x0b, 0x23, 0, 0x0b],
    ],
    ['declared only, of expressions', [0x07, 0x63, 0x05, 2, 0xd2, 1, 0x0b, 0xd2, 2, 0x0b]],
  ])('is read of its element segments: how many entries they have (%s)', (_what, segment) => {
    const two = [2, ...segment, 0x01, 0x00, 3, 1, 2, 3];
    expect(read([9, two.length, ...two]).segmentEntries).toBe(5);
  });
});

describe('a core module that cannot be read', () => {
  it.each([
    ['ends in the middle of a section', [5, 3, 1], 'longer than its module'],
    ['has a section of an unknown kind', [14, 0], 'section kind 14'],
    ['has bytes left over in a section', [5, 4, 1, 0x00, 1, 0], 'bytes after its last item'],
    [
      'has a number without end',
      [5, 202, 1, 1, 0x00, ...Array.from({ length: 199 }, () => 0x80), 0x01],
      'too long',
    ],
    ['has tables twice', [4, 4, 1, 0x70, 0, 1, 4, 4, 1, 0x70, 0, 1], 'misplaced'],
    ['has tables behind memories', [5, 3, 1, 0, 1, 4, 4, 1, 0x70, 0, 1], 'misplaced'],
    ['has memories twice', [5, 3, 1, 0, 1, 5, 3, 1, 0, 1], 'two memory sections'],
    ['has a limit of an unknown kind', [5, 3, 1, 0x10, 1], 'unknown flags'],
    ['has a table of an unknown type', [4, 4, 1, 0x65, 0x00, 1], 'unknown core type'],
    ['has a table with a computed value', [4, 8, 1, 0x40, 0, 0x70, 0, 1, 0xfb, 0x1c], 'initialised with'],
    ['has an element segment of an unknown kind', [9, 4, 1, 0x08, 0, 0], 'unknown flags 8'],
    [
      'has an element segment longer than its section',
      [9, 4, 1, 0x01, 0x00, 9],
      'longer than the remaining bytes',
    ],
    ['imports something unknown', [2, 7, 1, 1, 97, 1, 98, 0x20, 0], 'unknown kind 32'],
  ])('and %s is a typed error that says so', (_what, bytes, sentence) => {
    expect(() => read(bytes)).toThrow(TypedError);
    expect(() => read(bytes)).toThrow(sentence);
  });
});
