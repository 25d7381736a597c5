import { describe, expect, it } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import type { ByteSource, ByteTarget } from '../../os/pipes/byte-source.ts';
import { DECODE_SLICE_BYTES, MAX_RING_BYTES, MIN_RING_BYTES } from '../limits.ts';
import type { Overflow } from './log-ring.ts';
import { isReadable, ProcessOutput } from './process-output.ts';

/** A source that gives what it is told to, as far as there is room, and waits for `resume` like a pipe. */
class ScriptedSource implements ByteSource {
  readonly #end = deferred<void>();
  #waiting: Uint8Array = new Uint8Array();
  #target: ByteTarget | undefined;
  closed = false;

  get paused(): boolean {
    return this.#waiting.length > 0;
  }

  get ended(): Promise<void> {
    return this.#end.promise;
  }

  start(target: ByteTarget): void {
    this.#target = target;
  }

  give(text: string | Uint8Array): void {
    const more = typeof text === 'string' ? Buffer.from(text) : text;
    this.#waiting = Buffer.concat([this.#waiting, more]);
    this.resume();
  }

  resume(): void {
    const room = Math.min(this.#target?.room() ?? 0, this.#waiting.length);
    if (room > 0) {
      this.#target?.accept(this.#waiting.subarray(0, room));
      this.#waiting = this.#waiting.subarray(room);
    }
  }

  end(): void {
    this.#end.resolve();
  }

  close(): void {
    this.closed = true;
    this.end();
  }
}

function attached(overflow: Overflow = 'drop-oldest') {
  let changes = 0;
  const output = new ProcessOutput(
    { capacity: MIN_RING_BYTES, overflow, now: () => 0 },
    () => (changes += 1),
  );
  const source = new ScriptedSource();
  output.attach(source);
  return { output, source, changes: () => changes };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('the output of a process', () => {
  it('tells each time that something came, and that no more comes, once', () => {
    const { output, source, changes } = attached();
    source.give('one');
    source.give('two');
    expect([changes(), output.view]).toEqual([
      2,
      { produced: 6, dropped: 0, retained: 6, capacity: MIN_RING_BYTES, ended: false },
    ]);
    output.close();
    output.close();
    expect([changes(), output.view.ended, source.closed]).toEqual([3, true, true]);
    expect(text(output.readAt(0, 99).bytes)).toBe('onetwo');
  });

  it('is held back until its owner reads, by whichever of the two ways; a reader who is not the owner lets nothing in', () => {
    const { output, source } = attached('backpressure');
    source.give('x'.repeat(MIN_RING_BYTES));
    expect(output.blocked).toBe(false);
    source.give('y'.repeat(30));
    expect([output.blocked, output.view.produced]).toEqual([true, MIN_RING_BYTES]);
    output.readAt(0, 100);
    expect(output.blocked).toBe(true);
    output.drain(10);
    expect([output.blocked, output.view.produced]).toEqual([true, MIN_RING_BYTES + 10]);
    output.readSince(0, 30);
    expect([output.blocked, output.view.produced]).toEqual([false, MIN_RING_BYTES + 30]);
    expect(output.lostUnread).toBe(0);
  });

  it('is never held back where the oldest may go, though nobody reads', () => {
    const { output, source } = attached('drop-oldest');
    source.give('x'.repeat(MIN_RING_BYTES));
    source.give('y'.repeat(30));
    expect(output.blocked).toBe(false);
    expect(output.view).toMatchObject({ produced: MIN_RING_BYTES + 30, dropped: 30 });
    expect(output.lostUnread).toBe(30);
  });

  it('is not held back any more once the program has ended: the rest comes whole', async () => {
    const { output, source } = attached('backpressure');
    source.give('x'.repeat(MIN_RING_BYTES + 5_000));
    expect(output.blocked).toBe(true);
    let finished = false;
    const finishing = output.finish().then(() => (finished = true));
    expect([output.blocked, output.view.produced, finished]).toEqual([false, MIN_RING_BYTES + 5_000, false]);
    source.end();
    await finishing;
    expect(text(output.drain(Infinity).bytes)).toBe('x'.repeat(MIN_RING_BYTES + 5_000));
  });

  it('of a program that never started can be read, finished and closed', async () => {
    const output = new ProcessOutput(
      { capacity: MIN_RING_BYTES, overflow: 'drop-oldest', now: () => 0 },
      () => undefined,
    );
    expect([output.blocked, await output.drainText(9), output.readSince(0, 9).next]).toEqual([false, '', 0]);
    await output.finish();
    output.close();
    expect(output.view.ended).toBe(true);
  });

  it('as text gives no torn character, unless the rest of it is lost or never comes', async () => {
    const { output, source } = attached();
    const [first = 0, ...rest] = Buffer.from('é');
    source.give(Uint8Array.of(0x61, first));
    expect(await output.drainText(99)).toBe('a');
    source.give(Uint8Array.from(rest));
    expect(await output.drainText(99)).toBe('é');
    source.give(Uint8Array.of(first));
    expect(await output.drainText(99)).toBe('');
    source.give('b'.repeat(MIN_RING_BYTES + 1));
    expect(await output.drainText(3)).toBe('\uFFFDbbb');
    await output.drainText(Infinity);
    source.give(Uint8Array.of(first));
    output.close();
    expect(await output.drainText(99)).toBe('\uFFFD');
  });

  it('as text joins no two halves that a loss lies between', async () => {
    const { output, source } = attached();
    const [first = 0, second = 0] = Buffer.from('é');
    source.give(Uint8Array.of(first));
    expect(await output.drainText(99)).toBe('');
    source.give('b'.repeat(7));
    source.give(Uint8Array.of(second));
    source.give('c'.repeat(MIN_RING_BYTES - 1));
    expect(await output.drainText(2)).toBe('\uFFFD\uFFFDc');
  });

  it('as much text is whole, in the order in which it was asked for, and lets others in between', async () => {
    const output = new ProcessOutput(
      { capacity: MAX_RING_BYTES, overflow: 'drop-oldest', now: () => 0 },
      () => undefined,
    );
    // No slice ends where a character does.
    const whole = '🌲é'.repeat(DECODE_SLICE_BYTES / 4);
    output.accept(Buffer.from(whole));
    let turns = 0;
    const count = (): void => {
      turns += 1;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    const asked = [DECODE_SLICE_BYTES + 1, 5, Infinity].map((max) => output.drainText(max));
    const texts = await Promise.all(asked);
    clearImmediate(immediate);
    expect(texts.join('') === whole).toBe(true);
    expect(texts.map(({ length }) => length > 0)).toEqual([true, true, true]);
    expect(turns).toBeGreaterThan(0);
  });

  it('gives up what it has when that is discarded, and says so', () => {
    const { output, source } = attached();
    source.give('gone');
    output.close();
    output.discard();
    expect(output.view).toMatchObject({ produced: 4, dropped: 4, retained: 0 });
    expect([output.lostUnread, output.undrained]).toEqual([4, 0]);
  });
});

describe('streams together', () => {
  it.each([
    ['nothing came yet', '', false, '', false, false],
    ['something came on one', 'x', false, '', false, true],
    ['something came on both', 'x', false, 'y', false, true],
    ['one has ended without a byte', '', true, '', false, false],
    ['both have', '', true, '', true, true],
    ['one has ended with some', 'x', true, '', false, true],
  ])('are readable when %s', (_name, out, outEnded, err, errEnded, readable) => {
    const streams = [attached(), attached()];
    [out, err].forEach((given, at) => given !== '' && streams[at]?.source.give(given));
    [outEnded, errEnded].forEach((ended, at) => ended && streams[at]?.output.close());
    expect(isReadable(streams.map(({ output }) => output))).toBe(readable);
  });

  it('are no longer readable when what came was drained, and still when it was only looked at', () => {
    const { output, source } = attached();
    source.give('abc');
    output.readAt(0, 99);
    expect([isReadable([output]), output.undrained]).toEqual([true, 3]);
    output.drain(2);
    expect([isReadable([output]), output.undrained]).toEqual([true, 1]);
    output.drain(2);
    expect([isReadable([output]), output.undrained]).toEqual([false, 0]);
  });
});
