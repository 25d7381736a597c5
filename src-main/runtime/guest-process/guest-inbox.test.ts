import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REFUSED, REQUEST, RETURNED, STARTED, TRAPPED, wireMessage } from '../../guest/wire.ts';
import { MAX_GUEST_TEXT_BYTES } from '../limits.ts';
import { GuestInbox } from './guest-inbox.ts';

const FRAME = Uint8Array.of(1, 2, 3);

function head(id: number, memoryBytes: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, id, true);
  view.setFloat64(4, memoryBytes, true);
  return bytes;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const started = wireMessage(STARTED);
const returned = (id: number): Uint8Array => wireMessage(RETURNED, head(id, 65_536), FRAME);

/** What is heard of these bytes, in order; a request is answered at once, and the calls are sent when it has started. */
function heard(pieces: readonly Uint8Array[], { calls = [7], answers = true } = {}): readonly unknown[] {
  const events: unknown[] = [];
  const left = [...calls];
  const next = (): void => {
    const id = left.shift();
    if (id !== undefined) {
      inbox.called(id);
    }
  };
  const inbox = new GuestInbox({
    onMessage(message) {
      events.push(message);
      next();
    },
    onRequest(frame) {
      events.push({ request: [...frame] });
      if (answers) {
        inbox.answered();
      }
    },
    onViolation: (why) => events.push({ violation: why }),
  });
  pieces.forEach((piece) => inbox.accept(piece));
  return events;
}

const CONVERSATION = [
  wireMessage(REQUEST, FRAME),
  started,
  wireMessage(REQUEST, FRAME),
  wireMessage(REQUEST, new Uint8Array(70_000)),
  returned(7),
  wireMessage(TRAPPED, head(8, 0), text('grün')),
];
const HEARD = [
  { request: [1, 2, 3] },
  { kind: 'started' },
  { request: [1, 2, 3] },
  { request: [...new Uint8Array(70_000)] },
  { kind: 'returned', id: 7, frame: FRAME, memoryBytes: 65_536 },
  { kind: 'trapped', id: 8, message: 'grün', memoryBytes: 0 },
];

describe('the messages of a guest’s process', () => {
  it('take memory for their bytes, also when each comes by itself', () => {
    const inbox = new GuestInbox({
      onMessage: () => undefined,
      onRequest: () => undefined,
      onViolation: () => undefined,
    });
    const pieces = 2_000_000;
    const taken = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    const before = taken();
    inbox.accept(wireMessage(REQUEST, new Uint8Array(pieces)).subarray(0, 5));
    for (let piece = 1; piece < pieces; piece += 1) {
      inbox.accept(FRAME.subarray(0, 1));
    }
    expect(taken() - before).toBeLessThan(100_000_000);
    expect(inbox).toBeInstanceOf(GuestInbox);
  });

  it('are taken apart however they arrive', () => {
    const bytes = Buffer.concat(CONVERSATION);
    expect(heard([bytes], { calls: [7, 8] })).toEqual(HEARD);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(heard(pieces, { calls: [7, 8] })).toEqual(HEARD);
      }),
      { numRuns: 200 },
    );
  });

  it('may say why a component was refused', () => {
    expect(heard([wireMessage(REFUSED, text('no'))])).toEqual([{ kind: 'refused', message: 'no' }]);
  });

  const size = (bytes: number): Uint8Array => new Uint8Array(Uint32Array.of(bytes).buffer);
  it.each<[string, readonly Uint8Array[], string]>([
    ['nothing at all', [size(0)], 'a message of 0 bytes'],
    ['four gigabytes', [size(0xffff_ffff)], 'a message of 4294967295 bytes'],
    ['a kind that is not there', [wireMessage(0)], 'kind 0 out of turn'],
    ['an end before the start', [returned(7)], 'kind 3 out of turn'],
    ['a second start', [started, started], 'kind 1 out of turn'],
    ['a refusal after the start', [started, wireMessage(REFUSED, text('x'))], 'kind 2 out of turn'],
    ['a start with more', [wireMessage(STARTED, FRAME)], 'kind 1 out of turn'],
    ['the end of another call', [started, returned(8)], 'the outcome of another call'],
    ['two ends of one call', [started, returned(7), returned(7)], 'kind 3 out of turn'],
    ['an end without its head', [started, wireMessage(RETURNED, FRAME)], 'the outcome of another call'],
    ['a memory of no size', [started, wireMessage(RETURNED, head(7, Number.NaN))], 'a size that is none'],
    ['a negative one', [started, wireMessage(RETURNED, head(7, -1))], 'a size that is none'],
    ['an infinite one', [started, wireMessage(RETURNED, head(7, Infinity))], 'a size that is none'],
    ['a text that is none', [started, wireMessage(TRAPPED, head(7, 0), Uint8Array.of(0xff))], 'not UTF-8'],
    [
      'a text without end',
      [wireMessage(REFUSED, new Uint8Array(MAX_GUEST_TEXT_BYTES + 1))],
      'a text that is too long',
    ],
    [
      'a request when no call is under way',
      [started, returned(7), wireMessage(REQUEST, FRAME)],
      'kind 5 out of turn',
    ],
  ])('end it when they are %s, and nothing is heard afterwards', (_what, pieces, why) => {
    const events = heard([...pieces, started, wireMessage(REQUEST, FRAME)]);
    expect(events.at(-1)).toEqual({ violation: expect.stringContaining(why) });
    expect(events.filter((event) => 'violation' in (event as object))).toHaveLength(1);
  });

  it('end it when it does not wait for a response', () => {
    const twice = [started, wireMessage(REQUEST, FRAME), wireMessage(REQUEST, FRAME)];
    expect(heard(twice, { answers: false }).at(-1)).toEqual({
      violation: 'a message while it waits for a response',
    });
  });

  it('are messages of ours or the end, whatever the bytes', () => {
    const damaged = fc.tuple(fc.nat(), fc.nat(255), fc.nat(12)).map(([at, value, cut]) => {
      const bytes = Buffer.concat(CONVERSATION.slice(0, 3).concat(returned(7)));
      bytes[at % bytes.length] = value;
      return bytes.subarray(0, bytes.length - cut);
    });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        const events = heard([bytes]);
        const violations = events.filter((event) => 'violation' in (event as object));
        expect(violations.length).toBeLessThanOrEqual(1);
        expect(violations.length === 0 || events.at(-1) === violations[0]).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
