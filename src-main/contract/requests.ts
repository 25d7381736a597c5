import type { InstallStep } from './kernel.ts';
import type {
  CapsuleView,
  Delta,
  InstallPlan,
  InvokeResult,
  LogPage,
  LogStream,
  ProcessSignal,
  Snapshot,
} from './views.ts';
import type { UpdateView, UpdateAction } from './updates.ts';

/**
 * What a request may do at most: look, change something, or end or forget something that cannot be had back, such as a
 * running program or a version that is replaced.
 */
type Effect = 'read' | 'write' | 'destructive';

/** Every request the renderer may make: name to effect, argument and answer. */
export interface Requests {
  'state.snapshot': { effect: 'read'; argument: null; answer: Snapshot };
  /** Opens the system's file dialog; null when the person cancelled. None of the capsule's code runs. */
  'install.choose': {
    effect: 'read';
    argument: { readonly kind: 'archive' | 'folder' };
    answer: InstallPlan | null;
  };
  'install.confirm': {
    effect: 'destructive';
    argument: { readonly token: string; readonly grants: readonly string[] };
    answer: CapsuleView;
  };
  /** Puts the plan away, or cancels its installation: `install.confirm` then fails with `install-cancelled`. */
  'install.cancel': { effect: 'write'; argument: { readonly token: string }; answer: null };
  'capsule.setEnabled': {
    effect: 'destructive';
    argument: { readonly id: string; readonly enabled: boolean };
    answer: CapsuleView;
  };
  'capsule.remove': { effect: 'destructive'; argument: { readonly id: string }; answer: null };
  'capsule.invoke': {
    effect: 'write';
    argument: {
      readonly id: string;
      readonly action: string;
      readonly payload: string;
      readonly principal: string;
      /** Chosen by the caller; `invoke.cancel` names it. */
      readonly call: string;
    };
    answer: InvokeResult;
  };
  'invoke.cancel': { effect: 'destructive'; argument: { readonly call: string }; answer: null };
  'process.signal': {
    effect: 'destructive';
    argument: { readonly key: string; readonly signal: ProcessSignal };
    answer: null;
  };
  /** TERM, the grace, then KILL. Answers as soon as TERM is sent; the sequence comes back as deltas. */
  'process.stop': {
    effect: 'destructive';
    argument: { readonly key: string; readonly graceMs: number };
    answer: null;
  };
  /** Cancels the KILL of a stop in progress; the TERM has already been sent. */
  'process.cancelStop': { effect: 'write'; argument: { readonly key: string }; answer: null };
  'process.kill': { effect: 'destructive'; argument: { readonly key: string }; answer: null };
  /** Discards an exited process and its retained output. */
  'process.release': { effect: 'destructive'; argument: { readonly key: string }; answer: null };
  /** Program and arguments, whole: a view has only their beginning. 512 KiB at most. */
  'process.command': {
    effect: 'read';
    argument: { readonly key: string };
    answer: readonly string[];
  };
  /** `cursor` null reads from the oldest retained byte, a negative one that many bytes from the end. */
  'logs.read': {
    effect: 'read';
    argument: {
      readonly key: string;
      readonly stream: LogStream;
      readonly cursor: number | null;
      readonly maxBytes: number;
    };
    answer: LogPage;
  };
  /** In safe mode only: quits in order and starts again without it. */
  'app.restartNormally': { effect: 'destructive'; argument: null; answer: null };
  /** Current update state; from then on the window receives `updates.changed`. */
  'updates.view': { effect: 'read'; argument: null; answer: UpdateView };
  /** Configures the update feed, when the operator has confirmed it; null turns updates off. Does not use the network. */
  'updates.setFeed': { effect: 'write'; argument: { readonly feed: string | null }; answer: UpdateView };
  /** Starts one step, installing when the operator has confirmed it, and returns the resulting state; further changes arrive as `updates.changed`. */
  'updates.act': { effect: 'destructive'; argument: { readonly action: UpdateAction }; answer: UpdateView };
}

/** Every event main may send. */
export interface Events {
  'state.delta': Delta;
  /** A capsule was opened with the application; show its install dialog. Sent again to a reloaded page. */
  'install.requested': InstallPlan;
  /** What was opened with the application cannot be opened. `source` is the original text, up to 12 KiB of it. */
  'install.refused': { readonly source: string; readonly failure: Failure };
  /** To the window that confirmed. */
  'install.step': { readonly token: string; readonly step: InstallStep };
  'updates.changed': UpdateView;
}

export type RequestName = keyof Requests;
export type EventName = keyof Events;

/** The run-time list for the preload, with what each may do; the type ensures that it is complete and has no extra names. */
export const requestEffects: { readonly [Name in RequestName]: Requests[Name]['effect'] & Effect } = {
  'state.snapshot': 'read',
  'install.choose': 'read',
  'install.confirm': 'destructive',
  'install.cancel': 'write',
  'capsule.setEnabled': 'destructive',
  'capsule.remove': 'destructive',
  'capsule.invoke': 'write',
  'invoke.cancel': 'destructive',
  'process.signal': 'destructive',
  'process.stop': 'destructive',
  'process.cancelStop': 'write',
  'process.kill': 'destructive',
  'process.release': 'destructive',
  'process.command': 'read',
  'logs.read': 'read',
  'app.restartNormally': 'destructive',
  'updates.view': 'read',
  'updates.setFeed': 'write',
  'updates.act': 'destructive',
};

export const eventNames: { readonly [Name in EventName]: true } = {
  'state.delta': true,
  'install.requested': true,
  'install.refused': true,
  'install.step': true,
  'updates.changed': true,
};

/** What is returned: an answer or a failure that a person can act on. Never a rejected promise. */
export type Envelope<Answer> =
  { readonly ok: true; readonly value: Answer } | { readonly ok: false; readonly error: Failure };

export interface Failure {
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

/** What the preload puts on `window.capsuleDesktop`. */
export interface Bridge {
  readonly request: <Name extends RequestName>(
    name: Name,
    argument: Requests[Name]['argument'],
  ) => Promise<Envelope<Requests[Name]['answer']>>;
  /** Returns the unsubscribe function. */
  readonly on: <Name extends EventName>(name: Name, listener: (value: Events[Name]) => void) => () => void;
}
