import { describe, expect, it, vi } from 'vitest';
import { createFakeClient, fakeDelta, FakeRing, fakeSnapshot, refusal } from '../client/fake-client.ts';
import type { FakeClient, FakeRings } from '../client/fake-client.ts';
import { fakeProcess, fakeStream } from '../client/fake-views.ts';
import { LOG_PAGE_BYTES, LOG_WINDOW_BYTES } from '../lib/limits.ts';
import { windowSize } from '../lib/log-window.ts';
import { rowText } from '../lib/row-spans.ts';
import { createLogs, newSince } from './logs.ts';
import type { Logs, LogState } from './logs.ts';
import { createMachine } from './machine.ts';
import type { Machine } from './machine.ts';

/** A process with real rings behind a client; frames run when the test says so. */
class Bench {
  readonly rings: FakeRings;
  readonly client: FakeClient;
  readonly machine: Machine;
  readonly logs: Logs;
  #sequence = 1;
  #frame: (() => void) | null = null;

  constructor(capacity: number) {
    this.rings = { stdout: new FakeRing(capacity), stderr: new FakeRing(capacity) };
    this.client = createFakeClient({
      'state.snapshot': () => fakeSnapshot({ processes: [this.view()] }),
      'logs.read': ({ stream, cursor, maxBytes }) => this.rings[stream].read(cursor, maxBytes),
    });
    this.machine = createMachine(this.client);
    this.logs = createLogs(this.client, this.machine.store, (run) => {
      this.#frame = run;
      return () => (this.#frame = null);
    });
  }

  get state(): LogState {
    return this.logs.store.getState();
  }

  get words(): readonly string[] {
    return this.state.rows.map((row) => (row.kind === 'text' ? rowText(row) : `[${row.from}-${row.to}]`));
  }

  get reads(): number {
    return this.client.asked.filter(({ name }) => name === 'logs.read').length;
  }

  async start(): Promise<void> {
    this.machine.start();
    this.logs.start();
    await vi.waitUntil(() => this.machine.store.getState().status === 'ready');
  }

  report(): void {
    this.#sequence += 1;
    this.client.emit('state.delta', fakeDelta(this.#sequence, { processes: [this.view()] }));
  }

  /** Runs frames until nothing is asked for any more. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < 3; idle += 1) {
      const run = this.#frame;
      this.#frame = null;
      run?.();
      idle = run === null ? idle : 0;
      await answers();
    }
  }

  /** One frame and its answers. */
  async frame(): Promise<void> {
    const run = this.#frame;
    this.#frame = null;
    run?.();
    await answers();
  }

  view(): ReturnType<typeof fakeProcess> {
    const stream = ({ produced, dropped }: FakeRing): ReturnType<typeof fakeStream> =>
      fakeStream({ produced, dropped, retained: produced - dropped });
    return fakeProcess('p', { stdout: stream(this.rings.stdout), stderr: stream(this.rings.stderr) });
  }
}

/** Lets every answer that is due arrive. */
function answers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function opened(mode: 'stdout' | 'both', capacity = 1024 * 1024): Promise<Bench> {
  const bench = new Bench(capacity);
  await bench.start();
  bench.logs.open('p', mode);
  await bench.settle();
  return bench;
}

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('');

describe('the open log', () => {
  it('shows both streams in order of arrival and follows them', async () => {
    const bench = await opened('both');
    bench.rings.stdout.write('out 1\n', 1);
    bench.rings.stderr.write('err 1\n', 2);
    bench.rings.stdout.write('out 2\n', 3);
    bench.report();
    await bench.settle();
    expect(bench.words).toEqual(['out 1', 'err 1', 'out 2']);
  });

  it('reads nothing while nothing grows', async () => {
    const bench = await opened('both');
    bench.report();
    bench.report();
    await bench.settle();
    expect(bench.reads).toBe(0);
  });

  it('asks at most once per stream and frame, however often main reports', async () => {
    const bench = await opened('stdout');
    for (let index = 0; index < 50; index += 1) {
      bench.rings.stdout.write('x\n', index);
      bench.report();
    }
    await bench.frame();
    expect(bench.reads).toBe(1);
  });

  it('jumps to the tail of a flood, holds no more than its window, and says what it skipped', async () => {
    const bench = await opened('stdout', 256 * 1024);
    bench.rings.stdout.write('first\n', 1);
    bench.report();
    await bench.settle();
    bench.rings.stdout.write(numbered(0, 500_000), 2);
    bench.report();
    const before = bench.reads;
    await bench.settle();
    expect(bench.reads - before).toBeLessThanOrEqual(2);
    expect(windowSize(bench.state.windows.stdout)).toBeLessThanOrEqual(LOG_WINDOW_BYTES);
    expect(bench.words.at(-1)).toBe('line 499999');
    expect(bench.words[0]).toBe('first');
    const hole = bench.state.rows[1];
    expect(hole).toMatchObject({ kind: 'hole', from: 6, first: false });
    expect(bench.state.skipped).toBeGreaterThan(5_000_000);
  });

  it('stays where it is when following stops, and counts what is new', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('one\n', 1);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    bench.rings.stdout.write('two\nthree\n', 2);
    bench.report();
    await bench.settle();
    expect(newSince(bench.state, bench.view())).toEqual({ lines: 2, bytes: 10 });
    bench.rings.stdout.write('x'.repeat(3 * LOG_WINDOW_BYTES), 3);
    bench.report();
    await bench.settle();
    expect(bench.words).toEqual(['one', 'two', 'three']);
    expect(newSince(bench.state, bench.view()).lines).toBeNull();
    bench.logs.setFollow(true);
    await bench.settle();
    expect(bench.words.at(-1)).toMatch(/^x+$/u);
  });

  it('pulls earlier pages up to the oldest retained byte, then says what is lost', async () => {
    const bench = await opened('stdout', 4 * LOG_PAGE_BYTES);
    bench.rings.stdout.write(numbered(0, 20_000), 1);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    for (let index = 0; index < 6; index += 1) {
      bench.logs.needEarlier();
      await bench.settle();
    }
    const { dropped } = bench.rings.stdout;
    expect(bench.state.rows[0]).toMatchObject({ kind: 'hole', from: 0, to: dropped, first: true });
    expect(windowSize(bench.state.windows.stdout)).toBeLessThanOrEqual(LOG_WINDOW_BYTES);
    const numbers = bench.words.slice(2).map((line) => Number(line.slice(5)));
    expect(numbers.every((value, index) => index === 0 || value === (numbers[index - 1] ?? 0) + 1)).toBe(
      true,
    );
  });

  it('reads on below when asked, and can start at any offset', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write(numbered(0, 20_000), 1);
    bench.report();
    await bench.settle();
    bench.logs.readFrom('stdout', 0);
    await bench.settle();
    expect(bench.words[0]).toBe('line 0');
    const size = bench.words.length;
    bench.logs.needLater();
    await bench.settle();
    expect(bench.words.length).toBeGreaterThan(size);
    expect(bench.words[0]).toBe('line 0');
  });

  it('goes to the oldest text that is kept, whatever is being read at that moment', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write(numbered(0, 20_000), 1);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    bench.logs.needEarlier();
    bench.logs.readOldest();
    await bench.settle();
    expect(bench.words[0]).toBe('line 0');
    const asked = bench.client.asked.length;
    bench.logs.readOldest();
    await bench.settle();
    expect(bench.client.asked).toHaveLength(asked);
  });

  it('drops answers for the log that was open before', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('late\n', 1);
    let give = (): void => undefined;
    bench.client.answer({
      'logs.read': () => new Promise((resolve) => (give = () => resolve(bench.rings.stdout.read(null, 100)))),
    });
    bench.report();
    await bench.frame();
    bench.logs.open(null, 'stdout');
    give();
    await bench.settle();
    expect(bench.state).toMatchObject({ key: null, rows: [] });
  });

  it('stops reading after a failure and keeps the text', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('kept\n', 1);
    bench.report();
    await bench.settle();
    bench.client.answer({
      'logs.read': () => {
        throw refusal({ message: 'The process was discarded.' });
      },
    });
    bench.rings.stdout.write('never\n', 2);
    bench.report();
    await bench.settle();
    expect(bench.state.failure?.message).toBe('The process was discarded.');
    expect(bench.words).toEqual(['kept']);
    const { reads } = bench;
    bench.report();
    await bench.settle();
    expect(bench.reads).toBe(reads);
  });
});
