import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TypedError } from '../base/typed-error.ts';
import type { InvokeRequest, Kernel } from '../contract/kernel.ts';
import type { InstallPlan, InvokeResult, LogPage, ProcessView } from '../contract/views.ts';
import { MAX_LOG_PAGE_BYTES } from '../contract/limits.ts';
import { commandLine } from './command-line.ts';

const words = ['run', 'x.capsule', '--grant', 'kv', '--invoke', 'start', '--payload', 'p', '--timeout', '2'];
const result: InvokeResult = { action: 'continue', data: 'd', refused: false, durationMs: 3 };
const page: LogPage = { bytes: new Uint8Array(), start: 0, next: 0, lost: 0, end: true, times: [] };
const worker = { key: '0123456789abcdef', label: 'worker' } as ProcessView;

/** The command line over a kernel of the test's own; the real one runs in e2e. */
function harness(given: Partial<Kernel>) {
  const seen = { printed: [] as string[], told: [] as string[], disposed: 0, dataDir: '' };
  const interruption = new AbortController();
  const kernel = {
    install: () => Promise.resolve({ id: 'x' }),
    processes: () => [],
    dispose: () => {
      seen.disposed += 1;
      return Promise.resolve();
    },
    ...given,
  } as unknown as Kernel;
  const parts = {
    start: (dataDir: string) => {
      seen.dataDir = dataDir;
      return Promise.resolve(kernel);
    },
    signal: interruption.signal,
    print: (line: string) => void seen.printed.push(line),
    tell: (line: string) => void seen.told.push(line),
  };
  const perform = (argv: readonly string[]): Promise<number> => commandLine(argv, parts);
  const nothingLeft = (): boolean => seen.disposed === 1 && seen.dataDir !== '' && !existsSync(seen.dataDir);
  return { seen, interruption, perform, nothingLeft };
}

describe('capsule run', () => {
  it('prints the result as JSON, tells the log tails and leaves nothing', async () => {
    const asked: InvokeRequest[] = [];
    const { seen, perform, nothingLeft } = harness({
      invoke: (request) => {
        asked.push(request);
        return Promise.resolve(result);
      },
      processes: () => [worker],
      readLogs: (_key, stream) => ({ ...page, bytes: Buffer.from(stream === 'stdout' ? 'one\ntwo\n' : '') }),
    });
    expect(await perform(words)).toBe(0);
    expect(JSON.parse(seen.printed.join('\n'))).toEqual({ ...result, processes: [worker] });
    expect(seen.told).toEqual(['worker stdout | one', 'worker stdout | two']);
    const { signal, ...rest } = asked[0] ?? {};
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(rest).toEqual({
      capsule: 'x',
      action: 'start',
      payload: 'p',
      principal: 'default',
      timeoutMs: 2000,
    });
    expect(nothingLeft()).toBe(true);
  });

  it('tells the lines of all retained output that a query asks for, and how many it hides', async () => {
    const text = Buffer.from(`one\ntwo ${'x'.repeat(MAX_LOG_PAGE_BYTES)}\nthree two\n`);
    const { seen, perform } = harness({
      invoke: () => Promise.resolve(result),
      processes: () => [worker],
      readLogs: (_key, stream, cursor, maxBytes) => {
        const start = Math.max(1_000, cursor ?? 0);
        const bytes =
          stream === 'stderr' ? page.bytes : text.subarray(start - 1_000, start - 1_000 + maxBytes);
        const lost = stream === 'stderr' ? 0 : start - (cursor ?? 0);
        return { ...page, bytes, start, next: start + bytes.length, lost };
      },
    });
    expect(await perform([...words, '--logs', 'two'])).toBe(0);
    expect(seen.told).toEqual([
      `worker stdout | two ${'x'.repeat(MAX_LOG_PAGE_BYTES)}`,
      'worker stdout | three two',
      'worker stdout: 2 of 3 retained lines match; 1000 bytes before them are lost',
    ]);
  });

  it('ends with 1 when the capsule refuses', async () => {
    const { seen, perform } = harness({
      invoke: () => Promise.resolve({ ...result, action: 'deny', refused: true }),
    });
    expect(await perform(words)).toBe(1);
    expect(JSON.parse(seen.printed[0] ?? '')).toMatchObject({ action: 'deny', refused: true });
  });

  it('ends with 2 and a hint when something fails, and leaves nothing', async () => {
    const { seen, perform, nothingLeft } = harness({
      install: () => Promise.reject(new TypedError('source-missing', 'There is no x.', 'Look for it.')),
    });
    expect(await perform(words)).toBe(2);
    expect(seen.printed).toEqual([]);
    expect(seen.told).toEqual(['error: There is no x.', 'hint: Look for it.']);
    expect(nothingLeft()).toBe(true);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('ends the action on %s with status %d and leaves nothing', async (name, status) => {
    const { perform, interruption, nothingLeft } = harness({
      invoke: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () =>
            reject(new TypedError('cancelled', 'Cancelled.', 'Again.')),
          );
          interruption.abort(name);
        }),
    });
    expect(await perform(words)).toBe(status);
    expect(nothingLeft()).toBe(true);
  });

  it('says that it was interrupted when what was under way came to its end all the same', async () => {
    const { seen, perform, interruption } = harness({
      invoke: () => {
        interruption.abort('SIGTERM');
        return Promise.resolve(result);
      },
    });
    expect(await perform(words)).toBe(143);
    expect(seen.printed).toHaveLength(1);
  });

  it('ends with 2 for a wrong command line, before anything starts', async () => {
    const { seen, perform } = harness({});
    expect(await perform(['run'])).toBe(2);
    expect(seen.dataDir).toBe('');
    expect(seen.told.at(-1)).toBe('hint: See capsule --help.');
  });
});

describe('what capsule run prints', () => {
  it.each<[string, string | null, unknown]>([
    ['an object', '{"text":"Hello"}', { text: 'Hello' }],
    ['a list', '["a",1]', ['a', 1]],
    ['no JSON', '{"text', '{"text'],
    ['a text', 'Hello', 'Hello'],
    ['a number', '5', '5'],
    ['nothing', null, null],
    ['a number of 64 bits', '{"id":9007199254740993}', '{"id":9007199254740993}'],
  ])('can be read by a person and a program when the answer is %s', async (_, data, shown) => {
    const { seen, perform } = harness({ invoke: () => Promise.resolve({ ...result, data }) });
    await perform(words);
    const text = seen.printed.join('\n');
    expect(JSON.parse(text)).toMatchObject({ action: 'continue', data: shown });
    expect(text.split('\n').length).toBeGreaterThan(4);
  });
});

describe('capsule inspect', () => {
  it('prints what the plan says without the token, and cancels it', async () => {
    const cancelled: string[] = [];
    const { seen, perform, nothingLeft } = harness({
      inspect: () => Promise.resolve({ token: 't', id: 'x', replaces: null } as InstallPlan),
      cancelInstall: (token) => {
        cancelled.push(token);
        return Promise.resolve();
      },
    });
    expect(await perform(['inspect', 'x'])).toBe(0);
    expect(JSON.parse(seen.printed.join('\n'))).toEqual({ id: 'x' });
    expect(cancelled).toEqual(['t']);
    expect(nothingLeft()).toBe(true);
  });
});

describe('capsule --help', () => {
  it('prints the commands', async () => {
    const { seen, perform } = harness({});
    expect(await perform(['--help'])).toBe(0);
    expect(seen.printed.join('\n')).toMatch(/build[\s\S]*pack[\s\S]*inspect[\s\S]*run/);
  });
});
