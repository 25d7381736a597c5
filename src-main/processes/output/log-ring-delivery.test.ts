import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FIRST_RING_BYTES, MIN_RING_BYTES } from '../limits.ts';
import { LogRing } from './log-ring.ts';
import type { LogSlice, Overflow } from './log-ring.ts';

/** What is read by everybody who calls `drain`, by a cursor of a guest's own, or by a window that takes nothing. */
type ReaderKind = 'drain' | 'cursor' | 'window';

/** Everything one reader was given, and what it was told is missing. */
class Reader {
  readonly kind: ReaderKind;
  /** Null before its first read: it begins with the oldest byte there is. */
  cursor: number | null;
  pieces: LogSlice[] = [];
  lost = 0;

  constructor(kind: ReaderKind) {
    this.kind = kind;
    this.cursor = kind === 'drain' ? 0 : null;
  }

  /** Throws when anything comes twice, or is left out in silence. */
  read(ring: LogRing, max: number): LogSlice {
    const slice = this.kind === 'drain' ? ring.drain(max) : ring.readAt(this.cursor, max);
    if (this.kind === 'cursor') {
      ring.consumedTo(slice.next);
    }
    // Each piece begins where the last ended, or says by how much it does not.
    assert.equal(slice.start, (this.cursor ?? slice.start) + slice.lost);
    assert.equal(slice.next, slice.start + slice.bytes.length);
    this.cursor = slice.next;
    this.lost += slice.lost;
    this.pieces.push(slice);
    return slice;
  }
}

type Step =
  | { readonly do: 'write'; readonly length: number }
  | { readonly do: 'read'; readonly reader: number; readonly max: number };

const sizes = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 * FIRST_RING_BYTES }));
const script = fc.record({
  readers: fc.array(fc.constantFrom<ReaderKind>('drain', 'cursor', 'window'), { minLength: 1, maxLength: 9 }),
  steps: fc.array(
    fc.oneof<fc.Arbitrary<Step>[]>(
      fc.record({ do: fc.constant('write' as const), length: sizes }),
      fc.record({ do: fc.constant('read' as const), reader: fc.nat({ max: 8 }), max: sizes }),
    ),
    { maxLength: 80 },
  ),
  tail: sizes,
  capacity: fc.constantFrom(MIN_RING_BYTES, 5_000, FIRST_RING_BYTES, 3 * FIRST_RING_BYTES + 1),
  // Where the stream's bytes are taken from, so that they differ from run to run.
  shift: fc.nat({ max: 250 }),
});

it.each<Overflow>(['drop-oldest', 'backpressure'])(
  'whatever is written and read in whatever order by however many, no byte comes twice to a reader or goes missing unreported (%s)',
  (overflow) => {
    fc.assert(
      fc.property(script, ({ readers: kinds, steps, tail, capacity, shift }) => {
        const ring = new LogRing({ capacity, overflow, now: () => 0 });
        // All drainers share one position, so they are one reader.
        const drainer = new Reader('drain');
        const readers = kinds.map((kind) => (kind === 'drain' ? drainer : new Reader(kind)));
        const written: number[] = [];
        const make = (length: number): Uint8Array => {
          const bytes = Uint8Array.from({ length }, (_, n) => (written.length + n + shift) % 251);
          bytes.forEach((byte) => written.push(byte));
          return bytes;
        };
        const check = (): void => {
          expect(ring.produced).toBe(written.length);
          expect(ring.dropped + ring.retained).toBe(ring.produced);
        };
        for (const step of steps) {
          if (step.do === 'write') {
            const fits = overflow === 'backpressure' ? Math.min(step.length, ring.room) : step.length;
            const before = ring.retained;
            ring.append(make(fits));
            // Only what has no room goes, to the byte.
            expect(ring.retained).toBe(Math.min(capacity, before + fits));
          } else {
            readers[step.reader % readers.length]?.read(ring, step.max);
          }
          check();
        }
        // The program ends: what its pipe still held comes in whole, and everybody reads to the end.
        ring.appendTail(make(tail));
        ring.end();
        check();
        for (const reader of readers) {
          while (!reader.read(ring, 10_000).end) {
            check();
          }
        }
        const seenByOwner = new Set<number>();
        for (const { kind, pieces, lost } of new Set(readers)) {
          const first = pieces[0]?.start ?? 0;
          const begun = kind === 'drain' ? 0 : first;
          const got = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
          expect(got + lost).toBe(written.length - begun);
          for (const { bytes, start } of pieces) {
            expect(bytes.every((byte, n) => byte === written[start + n])).toBe(true);
            if (kind !== 'window') {
              bytes.forEach((_, n) => seenByOwner.add(start + n));
            }
          }
        }
        if (readers.some(({ kind }) => kind !== 'window')) {
          // Exactly what no owner ever read counts as lost, and under backpressure that is nothing.
          expect(ring.lostUnread).toBe(written.length - seenByOwner.size);
        }
        expect(overflow === 'backpressure' ? ring.lostUnread : 0).toBe(0);
      }),
      { numRuns: 200 },
    );
  },
);
