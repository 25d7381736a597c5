import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { trackLeaks } from '../../src-main/base/leaks.ts';

/** What may take a moment to go after a suite: a process that was told to end, a socket that is closing. */
const LIMIT_MS = 5_000;
const LOOK_EVERY_MS = 10;

/** Who opened it stands in the first few; the rest is the test runner's. */
const STACK_LINES = 8;

/** What of the system keeps a process alive, by Node's names. */
const COUNTED = ['ProcessWrap', 'PipeWrap', 'TCPServerWrap', 'TCPSocketWrap', 'MessagePort'];

/** Where each thing that is open was opened. */
const open = new Map<object, Error>();
let before: ReadonlyMap<string, number> = new Map();

const real = {
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
};
/** Where each timer that has neither fired nor been cleared was set; the runner's own are not among them. */
const timers = new Map<unknown, Error>();

beforeAll(() => {
  open.clear();
  timers.clear();
  noteTimers();
  before = resources();
  trackLeaks({
    opened: (thing) => open.set(thing, new Error(`${thing.constructor.name} was opened here`)),
    closed: (thing) => open.delete(thing),
  });
});

// Defined before those of the suite, so it runs after them.
afterAll(async () => {
  const deadline = Date.now() + LIMIT_MS;
  while (leaks().length > 0 && Date.now() < deadline) {
    await pause(LOOK_EVERY_MS);
  }
  trackLeaks(null);
  Object.assign(globalThis, real);
  const left = leaks();
  if (left.length > 0) {
    throw new Error(`The suite leaves something open.\n${left.join('\n')}`);
  }
});

function leaks(): readonly string[] {
  const now = resources();
  return [
    ...[...now].flatMap(([kind, count]) => {
      const more = count - (before.get(kind) ?? 0);
      return more > 0 ? [`${more} × ${kind}`] : [];
    }),
    ...[...open.values(), ...runningTimers()].map(({ stack }) =>
      (stack ?? '').split('\n').slice(0, STACK_LINES).join('\n'),
    ),
  ];
}

/** Those that keep the process alive. */
function runningTimers(): readonly Error[] {
  return [...timers].flatMap(([timer, where]) => ((timer as NodeJS.Timeout).hasRef() ? [where] : []));
}

function noteTimers(): void {
  type Callback = (...args: unknown[]) => void;
  const noted = {
    setTimeout: (callback: Callback, ms?: number, ...args: unknown[]) => {
      const fire = (): void => {
        timers.delete(timer);
        callback(...args);
      };
      const timer: NodeJS.Timeout = real.setTimeout(fire, ms);
      timers.set(timer, new Error('A timer was set here'));
      return timer;
    },
    setInterval: (callback: Callback, ms?: number, ...args: unknown[]) => {
      const timer = real.setInterval(callback, ms, ...args);
      timers.set(timer, new Error('An interval was set here'));
      return timer;
    },
    clearTimeout: (timer?: NodeJS.Timeout) => {
      timers.delete(timer);
      real.clearTimeout(timer);
    },
    clearInterval: (timer?: NodeJS.Timeout) => {
      timers.delete(timer);
      real.clearInterval(timer);
    },
  };
  // `util.promisify` looks for what the real one carries.
  Object.assign(noted.setTimeout, real.setTimeout);
  Object.assign(globalThis, noted);
}

function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo().filter((each) => COUNTED.includes(each))) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
