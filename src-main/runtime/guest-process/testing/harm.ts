import { readdirSync, readFileSync } from 'node:fs';
import { parse } from '@bytecodealliance/jco';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../../../base/outcome.ts';
import { readTaskState } from '../../../os/proc/process-stats.ts';
import { until } from '../../../os/testing.ts';
import { planComponent } from '../../component/planned-component.ts';
import { transpile } from '../../component/transpile.ts';
import type { CallOutcome } from '../../instance/call-outcome.ts';
import { GuestInstance } from '../../instance/instance.ts';
import { hostOf, instanceOptions } from '../../instance/testing.ts';
import type { GuestProcesses, LoadedComponent } from '../guest-process.ts';

const LIMIT_BYTES = 64 * 65_536;
const SYS = 'astrid:sys/host@1.0.0';

/** `run` asks the host twice; `astrid-install` computes for ever. */
async function component(): Promise<LoadedComponent> {
  const bytes = await parse(`(component
    (import "${SYS}" (instance $sys (export "signal-ready" (func))))
    (core func $ready (canon lower (func $sys "signal-ready")))
    (core module $m (import "sys" "ready" (func $ready))
      (func (export "run") (call $ready) (call $ready))
      (func (export "spin") (loop $again (br $again))))
    (core instance $i (instantiate $m (with "sys" (instance (export "ready" (func $ready))))))
    (func $run (canon lift (core func $i "run"))) (export "run" (func $run))
    (func $spin (canon lift (core func $i "spin"))) (export "astrid-install" (func $spin)))`);
  const { script, modules, imports, exports } = planComponent(await transpile(bytes, [SYS]), LIMIT_BYTES);
  return { script, modules, imports, exports };
}
const loaded = await component();

type Answer = () => Promise<Outcome>;
const ok: Outcome = { tag: 'ok', value: undefined };

export function startInstance(
  guests: GuestProcesses,
  answer: Answer = () => Promise.resolve(ok),
  component: LoadedComponent = loaded,
): GuestInstance {
  const instance = new GuestInstance(
    instanceOptions({
      guestProcesses: guests,
      component,
      memoryLimitBytes: LIMIT_BYTES,
      pipeline: hostOf(answer),
    }),
  );
  onTestFinished(() => instance.terminate());
  return instance;
}

export const call = (
  instance: GuestInstance,
  name: 'run' | 'astridInstall' = 'run',
  timeoutMs = 5_000,
): Promise<CallOutcome> => instance.call(name, [], { invocation: null, timeoutMs });

/** Ways in which a process comes to harm. */
const HARMS: readonly (readonly [string, NodeJS.Signals])[] = [
  ['killed', 'SIGKILL'],
  ['aborted', 'SIGABRT'],
  ['terminated', 'SIGTERM'],
  ['stopped', 'SIGSTOP'],
];

/** Comes back when it has taken effect: a process that was sent a signal goes on for a moment. */
function harm(pid: number, signal: NodeJS.Signals): void {
  process.kill(pid, signal);
  while (!/\) [TZX] /.test(statOf(pid))) {
    // At once, or with its next look at its signals.
  }
}

type Harm = (pid: number | undefined) => void;

/** Guests of one kind, and the processes that were started for them in the order of their start: the first is the first instance's. */
export interface Started {
  readonly guests: GuestProcesses;
  readonly pids: readonly number[];
}

/** Starts a kind of guests for one test. */
export type StartKind = (onStarted?: (pid: number) => void) => Started;

type Moment = (does: Harm, startKind: StartKind) => Promise<CallOutcome>;

/** A call of an instance that is up: its time is not spent on its start. */
async function callAgain(instance: GuestInstance): Promise<CallOutcome> {
  await call(instance);
  return call(instance, 'run', 400);
}

/** The answer of the host at the so manieth request of the second call: first harm, then this. */
const atRequest =
  (number: number, then: () => Promise<Outcome>) =>
  (does: () => void): Answer => {
    let asked = 0;
    return () => {
      asked += 1;
      // The first call has made two.
      if (asked !== number + 2) {
        return Promise.resolve(ok);
      }
      does();
      return then();
    };
  };

const never = (): Promise<Outcome> => new Promise(() => undefined);

/** Moments of an instance's life: brings the first one there, and answers how its call ended. */
const MOMENTS: readonly (readonly [string, Moment])[] = [
  [
    'when it has just been started',
    (does, startKind) => {
      let first = true;
      const started = startKind((pid) => {
        if (first) {
          does(pid);
        }
        first = false;
      });
      return call(startInstance(started.guests), 'run', 2_000);
    },
  ],
  [
    'while it is kept ready',
    async (does, startKind) => {
      const started = startKind();
      await call(startInstance(started.guests));
      await until(() => started.pids.length === 2);
      does(started.pids[1]);
      return call(startInstance(started.guests), 'run', 400);
    },
  ],
  [
    'when it is idle',
    async (does, startKind) => {
      const started = startKind();
      const instance = startInstance(started.guests);
      await call(instance);
      does(started.pids[0]);
      return call(instance, 'run', 400);
    },
  ],
  ...([1, 2] as const).flatMap((number): (readonly [string, Moment])[] => [
    [
      `while it waits for response ${number}`,
      (does, startKind) => {
        const started = startKind();
        const answer = atRequest(number, never)(() => does(started.pids[0]));
        return callAgain(startInstance(started.guests, answer));
      },
    ],
    [
      `just before it gets response ${number}`,
      (does, startKind) => {
        const started = startKind();
        const answer = atRequest(number, () => Promise.resolve(ok))(() => does(started.pids[0]));
        return callAgain(startInstance(started.guests, answer));
      },
    ],
    [
      `just before request ${number} fails`,
      (does, startKind) => {
        const started = startKind();
        const trap = (): Promise<Outcome> => Promise.resolve({ tag: 'trap', message: 'over' });
        const answer = atRequest(number, trap)(() => does(started.pids[0]));
        return callAgain(startInstance(started.guests, answer));
      },
    ],
  ]),
  [
    'while it computes',
    async (does, startKind) => {
      const started = startKind();
      const instance = startInstance(started.guests);
      await call(instance);
      const end = call(instance, 'astridInstall', 400);
      await until(() => computes(started.pids[0] ?? 0));
      does(started.pids[0]);
      return end;
    },
  ],
  [
    'while it is ended at its deadline',
    async (does, startKind) => {
      const started = startKind();
      const instance = startInstance(started.guests);
      await call(instance);
      return instance.call('astridInstall', [], {
        invocation: null,
        timeoutMs: 20,
        onAbort: () => does(started.pids[0]),
      });
    },
  ],
  [
    'when its call was cancelled',
    async (does, startKind) => {
      const started = startKind();
      const cancel = new AbortController();
      const answer = atRequest(
        1,
        never,
      )(() => {
        cancel.abort();
        does(started.pids[0]);
      });
      const instance = startInstance(started.guests, answer);
      await call(instance);
      return instance.call('run', [], { invocation: null, timeoutMs: 400, signal: cancel.signal });
    },
  ],
];

/** That whatever happens to the process of a guest, its call ends with a reason, and the next one works. */
export function describeHarm(kind: string, startKind: StartKind): void {
  describe.each(HARMS)(`a guest whose ${kind} is %s`, (_harm, signal) => {
    it.each(MOMENTS)('%s ends with a reason, and the next one works', async (moment, bring) => {
      let victim = 0;
      const end = await bring((pid) => {
        victim = pid ?? 0;
        harm(victim, signal);
      }, startKind);
      expect(victim).toBeGreaterThan(0);
      // One that was ready is replaced when its end is known in time.
      const kinds =
        moment === 'while it is kept ready'
          ? /^(returned|trapped|timed-out)$/
          : /^(trapped|timed-out|cancelled)$/;
      expect(end.kind).toMatch(kinds);
      expect('message' in end ? end.message : 'none').toMatch(/./);
      await until(() => isGone(victim));
      await expect(call(startInstance(startKind().guests))).resolves.toEqual({
        kind: 'returned',
        value: undefined,
      });
    });
  });
}

function computes(pid: number): boolean {
  return readdirSync(`/proc/${String(pid)}/task`).some((task) => readTaskState(pid, task) === 'R');
}

export function isGone(pid: number): boolean {
  return /\) [ZX] /.test(statOf(pid));
}

/** `) X ` for one that is not there. */
function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  } catch {
    return ') X ';
  }
}
