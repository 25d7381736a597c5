import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
import { MAX_EXTENDED_HEADER_BYTES, MAX_FILE_BYTES } from '../limits.ts';
import { ArchiveShape } from './archive-shape.ts';
import { BLOCK, entry, pax } from './testing.ts';

const END = Buffer.alloc(2 * BLOCK);
const DATA = Buffer.from('x'.repeat(700));
const longName = (type: 'L' | 'K'): Uint8Array[] => entry('././@LongLink', Buffer.from('y\0'), { type });
/** A header that promises so many bytes. */
const promise = (size: number, type = '0'): Uint8Array =>
  entry('x', Buffer.of(), { size: `${size.toString(8)}\0`, type })[0] ?? Buffer.of();

/** What is said of a tar that comes in these pieces; nothing when it is whole. */
function refusal(pieces: readonly Uint8Array[]): string | undefined {
  return told(pieces, true);
}

/** The same, when more may follow. */
function refusalSoFar(pieces: readonly Uint8Array[]): string | undefined {
  return told(pieces, false);
}

function told(pieces: readonly Uint8Array[], ended: boolean): string | undefined {
  const shape = new ArchiveShape();
  try {
    for (const piece of pieces) {
      shape.push(piece);
    }
    if (ended) {
      shape.end();
    }
  } catch (error) {
    if (isTypedError(error)) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
  return undefined;
}

const cases: readonly (readonly [what: string, tar: readonly Uint8Array[], refusal: string | undefined])[] = [
  ['nothing but its end', [END], undefined],
  [
    'files of every size',
    [0, 1, 511, 512, 513, 1024].flatMap((size) => entry('x', Buffer.alloc(size, 1))),
    undefined,
  ],
  ['zeros behind its end', [...entry('x', DATA), END, Buffer.alloc(20 * BLOCK)], undefined],
  ['a file of zeros', [...entry('x', Buffer.alloc(3 * BLOCK)), END], undefined],
  ['long names of both kinds', [...longName('K'), ...longName('L'), ...entry('x', DATA), END], undefined],
  [
    'what is said for all twice',
    [...pax({ a: 'b' }, 'g'), ...pax({ a: 'c' }, 'g'), ...entry('x', DATA), END],
    undefined,
  ],
  ['what is said for all at its end', [...entry('x', DATA), ...pax({ a: 'b' }, 'g'), END], undefined],
  [
    'the size in the extended header, behind a long link',
    [...pax({ size: '700' }), ...longName('K'), ...entry('x', DATA, { size: '77777777777\0' }), END],
    undefined,
  ],
  [
    'an extended header without data',
    [...entry('PaxHeader/x', Buffer.of(), { type: 'x' }), ...entry('x', DATA), END],
    undefined,
  ],
  [
    'extended headers of two entries',
    [...pax({ size: '700' }), ...entry('x', DATA), ...pax({ path: 'y' }), ...entry('x', DATA), END],
    undefined,
  ],
  [
    'a size of the entry before',
    [
      ...pax({ size: '700' }),
      ...entry('x', DATA),
      ...entry('y', Buffer.of(), { size: '77777777777\0' }),
      END,
    ],
    'source-file-too-large: "y" is too large: 8589934591 bytes (limit per file: 134217728).',
  ],
  [
    'a size that no older header has room for',
    [...pax({ size: `${8 ** 11}` }), ...entry('y', Buffer.of()), END],
    'source-file-too-large: "y" is too large: 8589934592 bytes (limit per file: 134217728).',
  ],
  [
    'two sizes',
    [...pax({ size: `${8 ** 11 - 1}` }), ...entry('y', Buffer.of()), END],
    'archive-corrupt: The archive is damaged: the header of "y" says 0 bytes, its extended header 8589934591 bytes.',
  ],
  [
    'one zero block',
    [...entry('x', DATA), Buffer.alloc(BLOCK)],
    'archive-truncated: The archive is truncated.',
  ],
  ['no end', entry('x', DATA), 'archive-truncated: The archive is truncated.'],
  ['no data', entry('x', DATA).slice(0, 1), 'archive-truncated: The archive is truncated.'],
  ['half a block behind its end', [END, Buffer.alloc(100)], 'archive-truncated: The archive is truncated.'],
  [
    'a file behind its end',
    [END, ...entry('x', DATA)],
    'archive-trailing-data: The archive has data after its end.',
  ],
  [
    'a file behind one zero block',
    [Buffer.alloc(BLOCK), ...entry('x', DATA), END],
    'archive-trailing-data: The archive has data after its end.',
  ],
  [
    'an extended header at its end',
    [...pax({ path: 'x' }), END],
    'archive-corrupt: The archive is damaged: an extended header has no entry.',
  ],
  [
    'two extended headers of one kind',
    [...longName('K'), ...longName('K'), ...entry('x', DATA), END],
    'archive-corrupt: The archive is damaged: "././@LongLink" is a second extended header for one entry.',
  ],
  [
    'two long names',
    [...longName('L'), ...pax({ path: 'x' }), ...entry('z', DATA), END],
    'archive-corrupt: The archive is damaged: "z" has two long names.',
  ],
  [
    'an extended header that cannot be read',
    [...entry('p', Buffer.from('5 a=b\n'), { type: 'x' }), ...entry('x', DATA), END],
    'archive-corrupt: The archive is damaged: the extended header of "p" cannot be read.',
  ],
  [
    'a path for all',
    [...pax({ path: 'x' }, 'g'), ...entry('x', DATA), END],
    'archive-unsupported: The archive cannot be read here: it gives all entries one "path".',
  ],
  [
    'a sparse file',
    [...entry('x', DATA, { type: 'S' }), END],
    'archive-unsupported: The archive cannot be read here: "x" is stored as a sparse file.',
  ],
  [
    'names of a very old GNU tar',
    [...entry('x', DATA, { type: 'N' }), END],
    'archive-unsupported: The archive cannot be read here: "x" holds names in the form of a very old GNU tar.',
  ],
];

describe('the outline of an archive', () => {
  it.each(cases)('with %s is told', (what, tar, expected) => {
    const ended = what === 'files of every size' ? [...tar, END] : tar;
    expect(refusal(ended)).toBe(expected);
  });

  it('is told the same, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 20 }),
        ([, tar], sizes) => {
          const whole = Buffer.concat(tar);
          const pieces: Uint8Array[] = [];
          for (let at = 0, piece = 0; at < whole.length; piece++) {
            const size = sizes[piece % sizes.length] ?? 1;
            pieces.push(whole.subarray(at, at + size));
            at += size;
          }
          expect(refusal(pieces)).toBe(refusal([whole]));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is broken wherever it ends early', () => {
    const whole = Buffer.concat([...pax({ path: 'x' }), ...entry('x', DATA), END]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(refusal([whole.subarray(0, length)])).toBe('archive-truncated: The archive is truncated.');
      }),
    );
  });

  it('promises files and extended headers of so many bytes, and no more', () => {
    expect(refusalSoFar([promise(MAX_FILE_BYTES)])).toBeUndefined();
    expect(refusalSoFar([promise(MAX_FILE_BYTES + 1)])).toBe(
      'source-file-too-large: "x" is too large: 134217729 bytes (limit per file: 134217728).',
    );
    for (const type of ['x', 'g', 'L', 'K']) {
      expect(refusalSoFar([promise(MAX_EXTENDED_HEADER_BYTES, type)])).toBeUndefined();
      expect(refusalSoFar([promise(MAX_EXTENDED_HEADER_BYTES + 1, type)])).toBe(
        'archive-unsupported: The archive cannot be read here: the extended header "x" has 1048577 bytes, and at most 1048576 are read.',
      );
    }
  });
});
