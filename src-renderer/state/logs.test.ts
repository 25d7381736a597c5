import { describe, expect, it, vi } from 'vitest';
import type { LogStream } from '../../src-main/contract/views.ts';
import { createFakeClient, fakeDelta, FakeRing, fakeSnapshot, refusal } from '../client/fake-client.ts';
import type { FakeClient, FakeRings } from '../client/fake-client.ts';
import { fakeProcess, fakeStream } from '../client/fake-views.ts';
import { LOG_PAGE_BYTES, LOG_WINDOW_BYTES } from '../lib/limits.ts';
import { windowSize } from '../lib/log-window.ts';
import { rowText } from '../lib/row-spans.ts';
import { createLogs, newSince } from './logs.ts';
import type { LogMode, Logs, LogState } from './logs.ts';
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

async function opened(mode: LogMode, capacity = 1024 * 1024): Promise<Bench> {
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

describe('a log that is not followed', () => {
  it('counts as new what begins after the place where following stopped: whole lines, and bytes of both streams', async () => {
    const bench = await opened('both');
    bench.rings.stdout.write('old\nbroken', 1);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    expect(bench.state.stoppedAt).toEqual({ stdout: 10, stderr: 0 });
    expect(newSince(bench.state, bench.view())).toEqual({ lines: 0, bytes: 0 });
    bench.rings.stdout.write(' off\n', 2);
    bench.rings.stderr.write('err\n', 3);
    bench.report();
    await bench.settle();
    expect(newSince(bench.state, bench.view())).toEqual({ lines: 1, bytes: 9 });
    expect(newSince({ ...bench.state, mode: 'stderr' }, bench.view())).toEqual({ lines: 1, bytes: 4 });
  });

  it('counts a long line as one, however many rows it has', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('a\n', 1);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    bench.rings.stdout.write(`${'x'.repeat(5_000)}\n`, 2);
    bench.report();
    await bench.settle();
    expect(bench.state.rows.length).toBeGreaterThan(4);
    expect(newSince(bench.state, bench.view()).lines).toBe(1);
  });

  it('pulls the earlier text of the stream that begins later', async () => {
    const bench = await opened('both');
    bench.rings.stdout.write(numbered(0, 3_000), 1);
    bench.rings.stderr.write(numbered(0, 3_000), 2);
    bench.rings.stdout.write(numbered(0, 3_000), 3);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    const before = bench.client.asked.length;
    bench.logs.needEarlier();
    await bench.settle();
    expect(bench.client.asked.slice(before)).toMatchObject([{ argument: { stream: 'stdout' } }]);
  });

  it.each(['needEarlier', 'needLater'] as const)('alone is asked for more: %s', async (need) => {
    const bench = await opened('both');
    bench.rings.stdout.write(numbered(0, 20_000), 1);
    bench.report();
    await bench.frame();
    await bench.settle();
    const { reads } = bench;
    bench.rings.stdout.write('more\n', 2);
    bench.logs[need]();
    expect(bench.reads).toBe(reads);
    bench.logs.setFollow(false);
    bench.logs.open('unknown', 'both');
    bench.logs.setFollow(false);
    bench.logs[need]();
    bench.logs.readFrom('stdout', 0);
    bench.logs.readOldest();
    await bench.settle();
    expect(bench.reads).toBe(reads);
  });

  it('has nothing later to ask for when all is read', async () => {
    const bench = await opened('both');
    bench.rings.stdout.write('all\n', 1);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    const { reads } = bench;
    bench.logs.needLater();
    expect(bench.reads).toBe(reads);
  });

  it('is left for a place: not before what is retained, and from there it does not follow', async () => {
    const bench = await opened('stdout', 2 * LOG_PAGE_BYTES);
    bench.rings.stdout.write(numbered(0, 20_000), 1);
    bench.report();
    await bench.settle();
    const { dropped } = bench.rings.stdout;
    for (const [offset, cursor] of [
      [5, dropped],
      [dropped + 100, dropped + 100],
    ] as const) {
      const before = bench.client.asked.length;
      bench.logs.readFrom('stdout', offset);
      await bench.settle();
      expect(bench.client.asked[before]?.argument).toMatchObject({ cursor, maxBytes: LOG_PAGE_BYTES });
      expect(bench.state.follow).toBe(false);
    }
  });
});

describe('what is asked for', () => {
  it('is nothing once the log is closed or no longer watched', async () => {
    const bench = new Bench(1024);
    bench.machine.start();
    const stop = bench.logs.start();
    await vi.waitUntil(() => bench.machine.store.getState().status === 'ready');
    bench.rings.stdout.write('x\n', 1);
    bench.report();
    await bench.settle();
    expect(bench.reads).toBe(0);
    bench.logs.open('p', 'stdout');
    stop();
    stop();
    await bench.settle();
    expect(bench.reads).toBe(0);
    bench.report();
    await bench.settle();
    expect(bench.reads).toBe(0);
  });

  it('is at first all that is retained, when that is a page or less, and the last page of more', async () => {
    for (const [bytes, cursor] of [
      [LOG_PAGE_BYTES, null],
      [LOG_PAGE_BYTES + 1, -LOG_PAGE_BYTES],
    ] as const) {
      const bench = new Bench(1024 * 1024);
      bench.rings.stdout.write('x'.repeat(bytes), 1);
      await bench.start();
      bench.logs.open('p', 'stdout');
      await bench.frame();
      expect(bench.client.asked.at(-1)?.argument).toEqual({
        ...{ key: 'p', stream: 'stdout', cursor, maxBytes: LOG_PAGE_BYTES },
      });
    }
  });

  it('is later what follows, as long as the window holds it: half of it for each of two streams', async () => {
    const half = LOG_WINDOW_BYTES / 2;
    for (const [more, size] of [
      [half - 2, half],
      [half - 1, 2],
    ] as const) {
      const bench = await opened('both');
      bench.rings.stdout.write('1\n', 1);
      bench.report();
      await bench.settle();
      bench.logs.setFollow(false);
      bench.rings.stdout.write('x'.repeat(more), 2);
      bench.report();
      await bench.settle();
      expect(windowSize(bench.state.windows.stdout)).toBe(size);
    }
  });

  it('says by how much following jumped', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('x'.repeat(100), 1);
    bench.report();
    await bench.settle();
    expect(bench.state.skipped).toBe(0);
    bench.rings.stdout.write('y'.repeat(LOG_WINDOW_BYTES + LOG_PAGE_BYTES), 2);
    bench.report();
    await bench.settle();
    expect(bench.state.skipped).toBe(LOG_WINDOW_BYTES);
  });

  it('is forgotten when another log was opened meanwhile, also what failed', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('late\n', 1);
    let fail = (): void => undefined;
    bench.client.answer({
      'logs.read': () => new Promise((_, reject) => (fail = () => reject(refusal({})))),
    });
    bench.report();
    await bench.frame();
    bench.logs.open('p', 'stdout');
    fail();
    await answers();
    expect(bench.state.failure).toBeNull();
  });

  it('tells of growth of other processes nothing: only the open one is read', async () => {
    const bench = await opened('stdout');
    const frames = vi.fn<() => void>();
    const logs = createLogs(bench.client, bench.machine.store, () => {
      frames();
      return () => undefined;
    });
    logs.start();
    bench.report();
    expect(frames).not.toHaveBeenCalled();
    logs.open('another', 'stdout');
    expect(frames).toHaveBeenCalledTimes(1);
    bench.report();
    expect(frames).toHaveBeenCalledTimes(1);
  });
});

describe('two streams in one log', () => {
  const PAGES = 6;
  /** One stream has much more than a page, and the other a line of the time before what is read of it. */
  async function oneAhead(ahead: LogStream, behind: LogStream): Promise<Bench> {
    const bench = await opened('both');
    bench.rings[behind].write('early\n', 1);
    for (let page = 0; page < PAGES; page += 1) {
      bench.rings[ahead].write('x'.repeat(LOG_PAGE_BYTES - 1) + '\n', 10 + page);
    }
    bench.rings[behind].write('late\n', 100);
    bench.report();
    await bench.settle();
    return bench;
  }

  it.each([
    ['stdout', 'stderr'],
    ['stderr', 'stdout'],
  ] as const)(
    'show nothing of the time of which %s is not read; its earlier text is what is pulled then',
    async (ahead, behind) => {
      const bench = await oneAhead(ahead, behind);
      expect(bench.words).not.toContain('early');
      expect(bench.words.at(-1)).toBe('late');
      const before = bench.client.asked.length;
      bench.logs.setFollow(false);
      await bench.settle();
      bench.logs.needEarlier();
      await bench.settle();
      const start = (PAGES - 2) * LOG_PAGE_BYTES;
      expect(bench.client.asked.slice(before)).toEqual([
        {
          name: 'logs.read',
          argument: { key: 'p', stream: ahead, cursor: start, maxBytes: LOG_PAGE_BYTES },
        },
      ]);
      bench.logs.readOldest();
      await bench.settle();
      expect(bench.words[0]).toBe('early');
    },
  );

  it.each(['stdout', 'stderr'] as const)('are read one alone when only %s is shown', async (stream) => {
    const bench = await opened(stream);
    bench.rings.stdout.write('out\n', 1);
    bench.rings.stderr.write('err\n', 2);
    bench.report();
    await bench.settle();
    expect(bench.words).toEqual([stream === 'stdout' ? 'out' : 'err']);
    expect(bench.client.asked.filter(({ name }) => name === 'logs.read')).toMatchObject([
      { argument: { stream } },
    ]);
  });

  it.each([
    ['stdout', 'stderr'],
    ['stderr', 'stdout'],
  ] as const)(
    'of which both have earlier text: that of %s, which begins later, is pulled first',
    async (late, early) => {
      const bench = await opened('both');
      for (const [stream, at] of [
        [early, 1],
        [late, 2],
        [early, 100],
        [late, 200],
      ] as const) {
        bench.rings[stream].write('x'.repeat(LOG_PAGE_BYTES - 1) + '\n', at);
      }
      bench.report();
      await bench.settle();
      bench.logs.setFollow(false);
      const pulled: unknown[] = [];
      for (let round = 0; round < 3; round += 1) {
        const before = bench.client.asked.length;
        bench.logs.needEarlier();
        await bench.settle();
        pulled.push(...bench.client.asked.slice(before).map(({ argument }) => argument));
      }
      const first = { cursor: 0, maxBytes: LOG_PAGE_BYTES };
      expect(pulled).toMatchObject([
        { ...first, stream: late },
        { ...first, stream: early },
      ]);
    },
  );
});

describe('the oldest text', () => {
  it('is gone to from following, which stops there: what comes then is new', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write(numbered(0, 5_000), 1);
    bench.report();
    await bench.settle();
    const { produced } = bench.rings.stdout;
    bench.logs.readOldest();
    await bench.settle();
    expect(bench.state).toMatchObject({ follow: false, stoppedAt: { stdout: produced, stderr: 0 } });
    expect(bench.words[0]).toBe('line 0');
    bench.rings.stdout.write('new\n', 2);
    expect(newSince(bench.state, bench.view()).bytes).toBe(4);
  });

  it('is not read again where it is on the screen, but following stops', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('all\n', 1);
    bench.report();
    await bench.settle();
    const { reads } = bench;
    bench.logs.readOldest();
    await bench.settle();
    expect([bench.reads, bench.state.follow, bench.words]).toEqual([reads, false, ['all']]);
  });
});

describe('a read', () => {
  it('that adds nothing is not sent again until main reports more', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write('more\n', 1);
    bench.client.answer({
      'logs.read': () => ({ bytes: new Uint8Array(), start: 0, next: 0, lost: 0, end: false, times: [] }),
    });
    bench.report();
    await bench.settle();
    expect(bench.reads).toBe(1);
  });

  it('of earlier text is for no more than is missing', async () => {
    const bench = await opened('stdout', LOG_PAGE_BYTES + 100);
    bench.rings.stdout.write('x'.repeat(3 * LOG_PAGE_BYTES), 1);
    bench.report();
    await bench.settle();
    bench.logs.setFollow(false);
    bench.logs.needEarlier();
    await bench.settle();
    expect(bench.client.asked.at(-1)?.argument).toEqual({
      ...{ key: 'p', stream: 'stdout', cursor: 2 * LOG_PAGE_BYTES - 100, maxBytes: 100 },
    });
    const { reads } = bench;
    bench.logs.needEarlier();
    expect(bench.reads).toBe(reads);
  });

  it('is one at a time for a stream, whoever asks', async () => {
    const bench = await opened('stdout');
    bench.rings.stdout.write(numbered(0, 20_000), 1);
    bench.report();
    await bench.settle();
    bench.logs.readFrom('stdout', 0);
    await bench.settle();
    const { reads } = bench;
    bench.logs.needLater();
    bench.logs.needLater();
    bench.logs.needEarlier();
    expect(bench.reads).toBe(reads + 1);
    await bench.settle();
    bench.logs.needLater();
    expect(bench.reads).toBe(reads + 2);
  });
});
