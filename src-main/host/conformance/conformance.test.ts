import { afterEach, describe, expect, it } from 'vitest';
import { guestFolder } from '../../testing/guests.ts';
import { hostInterfaces } from '../generated/interfaces.ts';
import type { HostInterfaceTable } from '../generated/table.ts';
import { startProbe, type ProbeAnswer } from '../testing.ts';
import {
  Bench,
  GUESTS,
  type ErrorCase,
  type FunctionName,
  type Handle,
  type Row,
  type Rows,
  type Run,
  type Version,
} from './testing.ts';

type Method = Extract<FunctionName, `[method]${string}`>;
type Spawn = 'spawn' | 'spawn-background' | 'spawn-persistent';
type ById = Exclude<FunctionName, Spawn | Method>;

/** What every start refuses alike. */
const refusals = {
  'capability-denied': (ask, bench) => ask({ ...bench.script(''), cmd: 'touch' }),
  'invalid-input': (ask, bench) => ask(bench.script('', { env: [{ key: 'LD_PRELOAD', value: 'x' }] })),
  'boundary-escape': (ask, bench) => ask(bench.script('', { cwd: '..' })),
  'too-large': (ask, bench) => ask({ ...bench.script(''), args: Array.from({ length: 4_097 }, () => '') }),
  unknown: (ask, bench) => ask({ ...bench.script(''), cmd: 'no-such-program' }),
} as const satisfies Row['errors'];

/** `spawn` runs one after the other, so only their rate is bounded: refused ones count as well, and cost nothing. */
const tooOften: Run = async (_ask, bench) => {
  const refused = [{ ...bench.script(''), cmd: 'touch' }];
  let last: ProbeAnswer | undefined;
  // The second is known to be used up only by a refusal at the very end.
  while (last?.err?.tag !== 'quota') {
    last = (await bench.often('process.spawn', refused, 60)).at(-1);
  }
  // The rate is the capsule's; what follows shall not feel it.
  await expect.poll(() => bench.probe.errOf('process.spawn', refused)).toBe('capability-denied');
  return last;
};

/** Eight background processes of either tier at a time. */
const ninth: Run = async (ask, bench) => {
  for (let running = 0; running < 4; running += 1) {
    await bench.background('sleep 1000');
    await bench.persistent('sleep 1000');
  }
  return ask(bench.script('sleep 1000'));
};

/** Thirty-two persistent processes, ended ones too, for one principal; they come slowly enough for the rate of starts. */
const thirtyThird: Run = async (ask, bench) => {
  for (let kept = 0; kept < 32; kept += 1) {
    await bench.ended('sleep 0.05');
  }
  return ask(bench.script('true'));
};

/** The functions that start a program. */
const spawning: Rows<Spawn> = {
  spawn: {
    run: (ask, bench) =>
      ask(bench.script('cat; echo out; echo err >&2; exit 3', { stdin: { $text: 'in ' } })),
    answers: { stdout: 'in out\n', stderr: 'err\n', exit: { exitCode: 3, signal: null } },
    errors: { ...refusals, quota: tooOften },
  },
  'spawn-background': {
    run: (ask, bench) => ask(bench.script('sleep 1000')),
    answers: { $handle: expect.any(Number) },
    errors: { ...refusals, quota: ninth },
  },
  'spawn-persistent': {
    run: (ask, bench) => ask(bench.script('sleep 1000')),
    answers: expect.stringMatching(/^[a-z2-7]{52}$/),
    errors: {
      ...refusals,
      quota: ninth,
      'registry-full': thirtyThird,
      'persist-unsupported': (_ask, bench) =>
        bench.askWithoutSandbox('process.spawnPersistent', [bench.script('true')]),
    },
  },
};

/** Of the form of an id, and nobody's. */
const NOBODY = 'a'.repeat(52);

const unknownId = (...more: readonly unknown[]): { readonly 'no-such-process': Run } => ({
  'no-such-process': (ask) => ask(NOBODY, ...more),
});

const OVER_ONE_MIB = { $repeat: 'x', count: 1_048_577 };

const info = (more: object): unknown =>
  expect.objectContaining({ command: 'sh', label: 'mine', phase: 'running', exit: null, ...more });

/** The functions that know a process by its id, and the list. */
const byId: Rows<ById> = {
  attach: {
    run: async (ask, bench) => ask(await bench.persistent('sleep 1000')),
    answers: { $handle: expect.any(Number) },
    errors: unknownId(),
  },
  'list-processes': {
    run: async (ask, bench) => {
      await bench.persistent('sleep 1000', { label: 'other' });
      await bench.persistent('sleep 1000', { label: 'mine' });
      return ask('min');
    },
    answers: [info({ stdinOpen: false })],
    errors: {},
  },
  status: {
    run: async (ask, bench) =>
      ask(await bench.persistent('sleep 1000', { label: 'mine', keepStdinOpen: true })),
    answers: info({ stdinOpen: true, osPid: expect.any(Number) }),
    errors: unknownId(),
  },
  'status-many': {
    run: async (ask, bench) => ask([NOBODY, await bench.persistent('sleep 1000', { label: 'mine' })]),
    answers: [info({})],
    errors: {},
  },
  'read-logs': {
    run: async (ask, bench) => ask(await bench.ended('echo out; echo err >&2; exit 3')),
    answers: { stdout: 'out\n', stderr: 'err\n', running: false, exit: { exitCode: 3, signal: null } },
    errors: unknownId(),
  },
  'read-since': {
    run: async (ask, bench) => ask(await bench.ended('printf "\\377\\0"'), 'stdout', {}, 10),
    answers: {
      data: { $bytes: '/wA=' },
      next: { token: expect.any(String) },
      bytesDropped: expect.toSatisfy((dropped) => Number(dropped) === 0),
      drainedEof: true,
    },
    errors: {
      // Also the answer to a cursor that is none.
      'no-such-process': async (ask, bench) =>
        ask(await bench.persistent('sleep 1000'), 'stdout', { token: 'never given' }, 10),
    },
  },
  'write-stdin': {
    run: async (ask, bench) =>
      ask(await bench.persistent('sleep 1000', { keepStdinOpen: true }), { $text: 'four' }),
    answers: 4,
    errors: {
      ...unknownId({ $text: '' }),
      closed: async (ask, bench) => ask(await bench.persistent('sleep 1000'), { $text: '' }),
      'too-large': async (ask, bench) =>
        ask(await bench.persistent('sleep 1000', { keepStdinOpen: true }), OVER_ONE_MIB),
    },
  },
  'close-stdin': {
    run: async (ask, bench) => ask(await bench.persistent('sleep 1000', { keepStdinOpen: true })),
    answers: null,
    errors: unknownId(),
  },
  signal: {
    run: async (ask, bench) => ask(await bench.persistent('sleep 1000'), 'usr1'),
    answers: null,
    errors: unknownId('term'),
  },
  wait: {
    run: async (ask, bench) => ask(await bench.persistent('exit 3'), 10_000),
    answers: { exitCode: 3, signal: null },
    errors: {
      ...unknownId(0),
      'wait-timeout': async (ask, bench) => ask(await bench.persistent('sleep 1000'), 10),
    },
  },
  stop: {
    run: async (ask, bench) => ask(await bench.persistent('sleep 1000'), 10_000),
    answers: { exitCode: null, signal: 15 },
    errors: unknownId(0),
  },
  'release-process': {
    run: async (ask, bench) => ask(await bench.ended('true')),
    answers: null,
    errors: { 'invalid-input': async (ask, bench) => ask(await bench.persistent('sleep 1000')) },
  },
  watch: {
    run: async (ask, bench) => ask(await bench.persistent('sleep 1000'), 'suffix'),
    answers: null,
    errors: {
      ...unknownId(null),
      'invalid-input': async (ask, bench) => ask(await bench.persistent('sleep 1000'), 'two.segments'),
    },
  },
  unwatch: {
    run: async (ask, bench) => ask(await bench.persistent('sleep 1000')),
    answers: null,
    errors: {},
  },
};

/** Of a process that has ended and is still held. */
async function endedHandle(bench: Bench, text: string): Promise<Handle> {
  const handle = await bench.background(text);
  await bench.probe.ok('handle.wait', [handle]);
  return handle;
}

const impatient: Run = async (ask, bench) => ask(await bench.background('sleep 1000'), 10);
/** A process that may outlive every caller is waited for with a limit only. */
const endless: Run = async (ask, bench) => ask(await bench.attached('sleep 1000'));

/** The methods of `process-handle`. */
const ofHandle: Rows<Method> = {
  '[method]process-handle.read-logs': {
    run: async (ask, bench) => ask(await endedHandle(bench, 'echo out; echo err >&2; exit 3')),
    answers: { stdout: 'out\n', stderr: 'err\n', running: false, exit: { exitCode: 3, signal: null } },
    errors: {},
  },
  '[method]process-handle.write-stdin': {
    run: async (ask, bench) =>
      ask(await bench.background('sleep 1000', { keepStdinOpen: true }), { $text: 'four' }),
    answers: 4,
    errors: {
      closed: async (ask, bench) => ask(await bench.background('sleep 1000'), { $text: '' }),
      'too-large': async (ask, bench) =>
        ask(await bench.background('sleep 1000', { keepStdinOpen: true }), OVER_ONE_MIB),
    },
  },
  '[method]process-handle.close-stdin': {
    run: async (ask, bench) => ask(await bench.background('sleep 1000', { keepStdinOpen: true })),
    answers: null,
    errors: {},
  },
  '[method]process-handle.signal': {
    run: async (ask, bench) => ask(await bench.background('sleep 1000'), 'hup'),
    answers: null,
    errors: { closed: async (ask, bench) => ask(await endedHandle(bench, 'true'), 'term') },
  },
  '[method]process-handle.kill': {
    run: async (ask, bench) => ask(await bench.background('sleep 1000')),
    answers: { killed: true, exit: { exitCode: null, signal: 9 }, stdout: '', stderr: '' },
    errors: {},
  },
  '[method]process-handle.wait': {
    run: async (ask, bench) => ask(await bench.background('exit 3')),
    answers: { exitCode: 3, signal: null },
    errors: { 'wait-timeout': impatient, 'invalid-input': endless },
  },
  '[method]process-handle.wait-with-output': {
    run: async (ask, bench) => ask(await bench.background('echo out; echo err >&2; exit 3')),
    answers: { stdout: 'out\n', stderr: 'err\n', exit: { exitCode: 3, signal: null } },
    errors: { 'wait-timeout': impatient, 'invalid-input': endless },
  },
  '[method]process-handle.os-pid': {
    run: async (ask, bench) => ask(await bench.background('sleep 1000')),
    answers: expect.any(Number),
    errors: { closed: async (ask, bench) => ask(await endedHandle(bench, 'true')) },
  },
  '[method]process-handle.subscribe-exit': {
    run: async (ask, bench) => ask(await bench.background('sleep 1000')),
    answers: { $handle: expect.any(Number) },
    errors: {},
  },
  '[method]process-handle.subscribe-logs': {
    run: async (ask, bench) => ask(await bench.background('sleep 1000')),
    answers: { $handle: expect.any(Number) },
    errors: {},
  },
};

/** Every function of `astrid:process`; both versions have the same ones. */
const rows: Readonly<Record<FunctionName, Row>> = { ...spawning, ...byId, ...ofHandle };

/** Those that can take a while: a cancel reaches them inside. The wait is what each of them waits for. */
const waits: Readonly<Partial<Record<FunctionName, Run>>> = {
  spawn: (ask, bench) => ask(bench.script('sleep 1000')),
  'write-stdin': async (ask, bench) =>
    ask(await bench.persistent('sleep 1000', { keepStdinOpen: true }), { $repeat: 'x', count: 1_000_000 }),
  wait: async (ask, bench) => ask(await bench.persistent('sleep 1000'), 100_000),
  stop: async (ask, bench) => {
    const id = await bench.persistent('trap "" TERM; echo deaf; while :; do sleep 0.01; done');
    await expect.poll(() => bench.probe.ok('process.readLogs', [id])).toMatchObject({ stdout: 'deaf\n' });
    return ask(id, 30_000);
  },
  '[method]process-handle.write-stdin': async (ask, bench) =>
    ask(await bench.background('sleep 1000', { keepStdinOpen: true }), { $repeat: 'x', count: 1_000_000 }),
  '[method]process-handle.wait': async (ask, bench) => ask(await bench.background('sleep 1000')),
  '[method]process-handle.wait-with-output': async (ask, bench) => ask(await bench.background('sleep 1000')),
};

/** Starting takes its time as well. */
const BLOCKING: ReadonlySet<FunctionName> = new Set([
  ...(Object.keys(waits) as FunctionName[]),
  'spawn-background',
  'spawn-persistent',
]);

const kinds = await Promise.all(
  (['threads', 'processes'] as const).map(async (guests) => {
    const { started } = await startProbe(GUESTS['1.0.0'], guests);
    await started.kernel.install(guestFolder(GUESTS['1.1.0']), { grants: 'all' });
    return { guests, started };
  }),
);
const versions = (['1.0.0', '1.1.0'] satisfies readonly Version[]).flatMap((version) =>
  kinds.map((kind) => ({ version, ...kind })),
);

describe.each(versions)('astrid:process/host@$version, to guests in $guests', ({ version, started }) => {
  const contract: HostInterfaceTable = hostInterfaces[`astrid:process/host@${version}`];
  const bench = new Bench(version, started);
  const functions = contract.functions.flatMap(({ wit, js, kind, fallible }) => {
    const row = Object.entries<Row>(rows).find(([name]) => name === wit)?.[1];
    const called = `${kind === 'method' ? 'handle' : 'process'}.${js}`;
    // What is missing is told by the first test.
    return row === undefined ? [] : [{ wit: wit as FunctionName, called, fallible, row }];
  });
  const fallible = functions.filter((one) => one.fallible);

  afterEach(() => bench.tidy());

  it('has a row for each of its functions, and no other', () => {
    expect(Object.keys(rows).sort()).toEqual(contract.functions.map(({ wit }) => wit).sort());
  });

  it('has each of its error cases in a row, and no other; only what cannot fail has none', () => {
    const shown = Object.values(rows).flatMap(({ errors }) => Object.keys(errors));
    const cases = Object.keys(contract.errorCases ?? {});
    expect([...new Set([...shown, 'cancelled'])].sort()).toEqual(cases.sort());
    const infallible = functions.filter((one) => !one.fallible);
    expect(infallible.filter(({ row }) => Object.keys(row.errors).length > 0)).toEqual([]);
  });

  it.each(functions)('$wit answers', async ({ called, row }) => {
    const answer = await row.run((...args) => bench.probe.ask(called, args), bench);
    expect(answer).toEqual({ ok: row.answers });
  });

  const failures = functions.flatMap(({ wit, called, row }) =>
    Object.entries(row.errors).map(([tag, run]) => ({ wit, called, tag: tag as ErrorCase, run })),
  );

  it.each(failures)('$wit fails with $tag', { timeout: 60_000 }, async ({ called, tag, run }) => {
    const answer = await run((...args) => bench.probe.ask(called, args), bench);
    expect(answer).toEqual({ err: errorOf(tag) });
  });

  it.each(functions.filter(({ wit }) => BLOCKING.has(wit)))(
    '$wit fails with cancelled when its call is over',
    async ({ called, row }) => {
      const answer = await row.run((...args) => bench.askCancelled(called, args), bench);
      expect(answer).toEqual({ err: errorOf('cancelled') });
    },
  );

  it.each(functions.filter(({ wit }) => !BLOCKING.has(wit)))(
    '$wit answers as ever when its call is over: it does not wait',
    async ({ called, row }) => {
      const answer = await row.run((...args) => bench.askCancelled(called, args), bench);
      expect(answer).toEqual({ ok: row.answers });
    },
  );

  it.each(fallible.filter(({ wit }) => wit in waits))(
    '$wit fails with cancelled while it waits',
    async ({ wit, called }) => {
      const answer = await waits[wit]?.((...args) => bench.cancelWithin(called, args), bench);
      expect(answer).toEqual({ err: errorOf('cancelled') });
    },
  );

  /** `unknown` says in words what happened; no other case has a payload. */
  function errorOf(tag: ErrorCase): ProbeAnswer['err'] {
    return (contract.errorCases?.[tag] ?? null) === null
      ? { tag }
      : { tag, val: expect.stringMatching(/^\S.{10}/) };
  }
});
