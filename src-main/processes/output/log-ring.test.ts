import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_RING_BYTES, MAX_TIME_ENTRIES, TIME_STEP_MS } from '../limits.ts';
import { LogRing } from './log-ring.ts';
import type { LogSlice, Overflow } from './log-ring.ts';

const CAPACITY = 4096;

function makeRing(
  overflow: Overflow = 'drop-oldest',
  capacity = CAPACITY,
  now: () => number = () => 0,
): LogRing {
  return new LogRing({ capacity, overflow, now });
}

/** Byte `n` of every test stream; 251 is prime, so no power of two hides a shift. */
const byteAt = (offset: number): number => offset % 251;

function stream(start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => byteAt(start + index));
}

function isTrue(slice: LogSlice): boolean {
  return (
    slice.next - slice.start === slice.bytes.length &&
    slice.bytes.every((byte, i) => byte === byteAt(slice.start + i))
  );
}

type Step =
  | { readonly do: 'append'; readonly length: number }
  | { readonly do: 'drain'; readonly max: number }
  | { readonly do: 'read'; readonly reader: number; readonly max: number; readonly owner: boolean }
  | { readonly do: 'peek'; readonly offset: number; readonly max: number };

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ do: fc.constant('append' as const), length: fc.integer({ min: 0, max: 3 * CAPACITY }) }),
    fc.record({ do: fc.constant('drain' as const), max: fc.integer({ min: 0, max: 2 * CAPACITY }) }),
    fc.record({
      do: fc.constant('read' as const),
      reader: fc.integer({ min: 0, max: 2 }),
      max: fc.integer({ min: 0, max: 2 * CAPACITY }),
      owner: fc.boolean(),
    }),
    fc.record({
      do: fc.constant('peek' as const),
      offset: fc.integer({ min: -6 * CAPACITY, max: 20 * CAPACITY }),
      max: fc.integer({ min: 0, max: 2 * CAPACITY }),
    }),
  ),
  { maxLength: 60 },
);

describe('a log ring', () => {
  it.each<Overflow>(['drop-oldest', 'backpressure'])(
    'gives every reader each byte once or says that it is lost (%s)',
    (overflow) => {
      fc.assert(
        fc.property(steps, fc.constantFrom(CAPACITY, 5000, 3 * FIRST_RING_BYTES), (script, capacity) => {
          const ring = makeRing(overflow, capacity);
          // The model: how far each reader is, how far the owner, and what it was told is lost.
          const cursors = [0, 0, 0];
          let produced = 0;
          let drained = 0;
          let consumed = 0;
          let unread = 0;
          const checkFrom = (slice: LogSlice, cursor: number, max: number): void => {
            expect(isTrue(slice)).toBe(true);
            expect(slice.lost).toBe(Math.max(0, produced - capacity - cursor));
            expect(slice.start).toBe(cursor + slice.lost);
            expect(slice.bytes.length).toBe(Math.min(max, produced - slice.start));
          };
          for (const step of script) {
            if (step.do === 'append') {
              const length = Math.min(step.length, overflow === 'backpressure' ? ring.room : Infinity);
              const oldest = Math.max(0, produced - capacity);
              ring.append(stream(produced, length));
              produced += length;
              const evicted = Math.max(oldest, produced - capacity);
              unread += Math.max(0, evicted - Math.max(oldest, consumed));
              consumed = Math.max(consumed, evicted);
            } else if (step.do === 'drain') {
              const slice = ring.drain(step.max);
              checkFrom(slice, drained, step.max);
              drained = slice.next;
              consumed = Math.max(consumed, drained);
            } else if (step.do === 'read') {
              const cursor = cursors[step.reader] ?? 0;
              const slice = ring.readAt(cursor, step.max);
              checkFrom(slice, cursor, step.max);
              cursors[step.reader] = slice.next;
              if (step.owner) {
                ring.consumedTo(slice.next);
                consumed = Math.max(consumed, slice.next);
              }
            } else {
              const slice = ring.readAt(step.offset, step.max);
              expect(isTrue(slice)).toBe(true);
              expect(slice.start).toBeGreaterThanOrEqual(ring.dropped);
              expect(slice.next).toBeLessThanOrEqual(produced);
            }
            expect(ring.produced).toBe(produced);
            expect(ring.dropped).toBe(Math.max(0, produced - capacity));
            expect(ring.dropped + ring.retained).toBe(ring.produced);
            expect(ring.lostUnread).toBe(overflow === 'backpressure' ? 0 : unread);
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  it('brings its capacity into 4,096 bytes to 8 MiB', () => {
    expect([1, 5000, 1e9].map((capacity) => makeRing('drop-oldest', capacity).capacity)).toEqual([
      4096, 5000, 8388608,
    ]);
  });

  it('keeps the end of a chunk larger than itself', () => {
    const ring = makeRing();
    ring.append(stream(0, 3 * CAPACITY + 17));
    expect(ring.readAt(null, Infinity)).toMatchObject({ start: 2 * CAPACITY + 17, next: 3 * CAPACITY + 17 });
    expect(isTrue(ring.readAt(null, Infinity))).toBe(true);
  });

  it('reads from the oldest byte, from an offset and from the end', () => {
    const ring = makeRing();
    ring.append(stream(0, CAPACITY + 100));
    const at = (offset: number | null): Partial<LogSlice> => {
      const { start, next, lost } = ring.readAt(offset, 10);
      return { start, next, lost };
    };
    expect(at(null)).toEqual({ start: 100, next: 110, lost: 0 });
    expect(at(0)).toEqual({ start: 100, next: 110, lost: 100 });
    expect(at(500)).toEqual({ start: 500, next: 510, lost: 0 });
    expect(at(-5)).toEqual({ start: CAPACITY + 95, next: CAPACITY + 100, lost: 0 });
    expect(at(-999_999)).toEqual({ start: 100, next: 110, lost: 0 });
    expect(at(999_999)).toEqual({ start: CAPACITY + 100, next: CAPACITY + 100, lost: 0 });
  });

  it('under backpressure is full when its owner has read nothing, and takes no byte more', () => {
    const ring = makeRing('backpressure');
    ring.append(stream(0, CAPACITY));
    expect(ring.room).toBe(0);
    expect(() => ring.append(stream(0, 1))).toThrow(new RangeError('1 bytes do not fit into 0'));
    ring.readAt(0, 100);
    expect(ring.room).toBe(0);
    ring.drain(100);
    expect(ring.room).toBe(100);
    ring.consumedTo(150);
    expect(ring.room).toBe(150);
  });

  it.each([
    [4_096, 2_048],
    [100_000, 50_000],
    [131_072, 65_536],
    [1_048_576, 65_536],
  ])('of %d bytes reads on after a pause when %d are free', (capacity, room) => {
    expect(makeRing('backpressure', capacity).resumeRoom).toBe(room);
  });

  it('makes room for the rest of an ended program only where that is held back: else the oldest goes', () => {
    const ring = makeRing('drop-oldest');
    ring.append(stream(0, 10));
    ring.appendTail(stream(10, 2 * CAPACITY));
    expect([ring.capacity, ring.retained, ring.ended]).toEqual([CAPACITY, CAPACITY, false]);
    const held = makeRing('backpressure');
    held.append(stream(0, CAPACITY - 10));
    held.appendTail(stream(CAPACITY - 10, 10));
    expect(held.capacity).toBe(CAPACITY);
    held.appendTail(stream(CAPACITY, 7));
    expect(held.capacity).toBe(CAPACITY + 7);
  });

  it('takes the rest of an ended program whole, also when full', () => {
    const ring = makeRing('backpressure');
    ring.append(stream(0, CAPACITY));
    ring.drain(1000);
    ring.append(stream(CAPACITY, 500));
    ring.appendTail(stream(CAPACITY + 500, 70_000));
    ring.end();
    const rest = ring.drain(Infinity);
    expect([rest.start, rest.next, rest.lost, rest.end]).toEqual([1000, CAPACITY + 70_500, 0, true]);
    expect(isTrue(rest)).toBe(true);
    expect(ring.dropped + ring.retained).toBe(ring.produced);
  });

  it('knows what its owner has not drained yet: never what is gone, whoever else has read', () => {
    const ring = makeRing();
    ring.append(stream(0, 100));
    ring.readAt(0, 50);
    ring.consumedTo(50);
    expect(ring.undrained).toBe(100);
    ring.drain(30);
    expect(ring.undrained).toBe(70);
    ring.append(stream(100, CAPACITY));
    expect(ring.undrained).toBe(CAPACITY);
  });

  it('notes no time when nothing came', () => {
    let now = 1_000;
    const ring = makeRing('drop-oldest', CAPACITY, () => now);
    ring.append(new Uint8Array());
    // So soon that it would count as what came before.
    now += TIME_STEP_MS - 1;
    ring.append(stream(0, 1));
    expect(ring.readAt(0, 1).times).toEqual([{ offset: 0, at: now }]);
  });

  it('has room for a whole ring when it drops the oldest, whoever has read what', () => {
    const ring = makeRing('drop-oldest');
    expect(ring.room).toBe(CAPACITY);
    ring.append(stream(0, CAPACITY - 1));
    expect(ring.room).toBe(CAPACITY);
  });

  it('is still readable after its end, when memory was given back', () => {
    const ring = makeRing('drop-oldest', 1024 * 1024);
    ring.append(stream(0, 20_000));
    ring.end();
    expect(isTrue(ring.readAt(0, Infinity))).toBe(true);
    expect(ring.readAt(0, Infinity)).toMatchObject({ next: 20_000, end: true });
    expect(ring.readAt(0, 10).end).toBe(false);
  });

  it('knows when bytes arrived, sparsely, and forgets with the bytes', () => {
    let now = 1000;
    const ring = makeRing('drop-oldest', CAPACITY, () => now);
    ring.append(stream(0, 10));
    now = 1001;
    ring.append(stream(10, 10));
    now = 2000;
    ring.append(stream(20, 10));
    expect(ring.readAt(0, 100).times).toEqual([
      { offset: 0, at: 1000 },
      { offset: 20, at: 2000 },
    ]);
    expect(ring.readAt(15, 10).times).toEqual([
      { offset: 15, at: 1000 },
      { offset: 20, at: 2000 },
    ]);
    now = 3000;
    ring.append(stream(30, CAPACITY));
    expect(ring.readAt(null, Infinity).times).toEqual([{ offset: 30, at: 3000 }]);
  });

  it('keeps the index of times bounded however long a program speaks', () => {
    let now = 0;
    const ring = makeRing('drop-oldest', 1024 * 1024, () => now);
    for (let index = 0; index < 20_000; index += 1) {
      now += 1000;
      ring.append(stream(index, 1));
    }
    const { times } = ring.readAt(0, Infinity);
    expect(times.length).toBeLessThanOrEqual(MAX_TIME_ENTRIES);
    expect(times.at(0)).toEqual({ offset: 0, at: 1000 });
    expect(times.every(({ offset, at }) => at === (offset + 1) * 1000)).toBe(true);
  });
});
