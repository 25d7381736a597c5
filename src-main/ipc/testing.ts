import { Emitter } from '../base/emitter.ts';
import type { Kernel, KernelEvent } from '../contract/kernel.ts';
import type { EventName, Events } from '../contract/requests.ts';
import type { AboutView, CapsuleView, InstallPlan, ProcessView, StreamView } from '../contract/views.ts';
import type { UpdateView } from '../contract/updates.ts';
import type { UpdateControls } from './update-feed.ts';
import type { WindowPort } from './window-port.ts';

/** A kernel whose methods refuse unless the test gives them; `events` plays its changes. */
export interface FakeKernel {
  readonly kernel: Kernel;
  readonly events: Emitter<KernelEvent>;
  /** Listeners right now. */
  readonly listeners: () => number;
}

export function fakeKernel(given: Partial<Kernel> = {}): FakeKernel {
  const events = new Emitter<KernelEvent>();
  let listeners = 0;
  const unexpected = (): never => {
    throw new Error('secret detail of the host: this method was not expected');
  };
  const kernel: Kernel = {
    inspect: unexpected,
    confirm: unexpected,
    cancelInstall: unexpected,
    install: unexpected,
    remove: unexpected,
    setEnabled: unexpected,
    capsules: () => [],
    invoke: unexpected,
    processes: () => [],
    command: unexpected,
    readLogs: unexpected,
    signal: unexpected,
    stop: unexpected,
    cancelStop: unexpected,
    kill: unexpected,
    release: unexpected,
    about: () => someAbout,
    subscribe: (listener) => {
      listeners += 1;
      const unsubscribe = events.event(listener);
      return () => {
        listeners -= 1;
        unsubscribe();
      };
    },
    dispose: () => Promise.resolve(),
    ...given,
  };
  return { kernel, events, listeners: () => listeners };
}

/** Updates that are off and stay so; `changes` plays what happens to them. */
export function fakeUpdates(changes = new Emitter<UpdateView>()): UpdateControls {
  const off = (): Promise<UpdateView> => Promise.resolve({ feed: null, step: { state: 'off', reason: '' } });
  return { view: off, setFeed: off, act: off, changed: changes.event };
}

export interface FakeWindow extends WindowPort {
  readonly sent: { readonly name: EventName; readonly value: Events[EventName] }[];
  readonly close: () => void;
  readonly reload: () => void;
  /** Listeners for its end or reload right now. */
  readonly watchers: () => number;
}

export function fakeWindow(id: number): FakeWindow {
  const gone = new Set<() => void>();
  const replaced = new Set<() => void>();
  const sent: { name: EventName; value: Events[EventName] }[] = [];
  const on = (listeners: Set<() => void>) => (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    id,
    sent,
    send: (name, value) => {
      sent.push({ name, value });
    },
    onGone: on(gone),
    onReplaced: on(replaced),
    close: () => [...gone].forEach((listener) => listener()),
    reload: () => [...replaced].forEach((listener) => listener()),
    watchers: () => gone.size + replaced.size,
  };
}

export const someAbout: AboutView = {
  version: '0.1.0',
  build: null,
  electron: null,
  node: process.versions.node,
  dataDir: '/somewhere',
  safeMode: null,
  sandbox: { ok: true, detail: 'works', fix: '' },
};

const emptyStream: StreamView = { produced: 0, dropped: 0, retained: 0, capacity: 1024, ended: false };

export function someProcess(key: string, label = 'a process'): ProcessView {
  return {
    key,
    capsule: 'example',
    principal: 'default',
    tier: 'persistent',
    label,
    command: ['sleep', '1'],
    commandCut: false,
    phase: 'running',
    frozen: false,
    osPid: 4711,
    startedAt: 1,
    exitedAt: null,
    exit: null,
    stop: null,
    stdinOpen: false,
    stdout: emptyStream,
    stderr: emptyStream,
    blockedOnOutput: false,
    limits: { memoryBytes: 8 * 1024 ** 3, cpuMs: null, tasks: 512 },
    usage: null,
    sandbox: { kind: 'bubblewrap', network: false, workspace: '/somewhere' },
  };
}

export function someCapsule(id: string): CapsuleView {
  return {
    id,
    version: '1.0.0',
    description: 'An example',
    hash: 'ab'.repeat(32),
    size: 1000,
    enabled: true,
    disabledAfterUnexpectedEnd: false,
    state: 'ready',
    stateReason: '',
    restarts: 0,
    imports: [],
    exports: [],
    actions: [],
    capabilities: [],
    warnings: [],
    instances: [],
    lastCall: null,
    installedAt: 1,
  };
}

export function somePlan(token: string): InstallPlan {
  return {
    token,
    source: '/somewhere/example.capsule',
    kind: 'archive',
    id: 'example',
    version: '1.0.0',
    description: 'An example',
    hash: 'ab'.repeat(32),
    size: 1000,
    imports: [],
    exports: [],
    capabilities: [],
    overlaps: [],
    warnings: [],
    replaces: null,
  };
}
