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

/** Every request the renderer may make: name to argument and answer. */
export interface Requests {
  'state.snapshot': { argument: null; answer: Snapshot };
  /** Opens the system's file dialog; null when the person cancelled. None of the capsule's code runs. */
  'install.choose': { argument: { readonly kind: 'archive' | 'folder' }; answer: InstallPlan | null };
  'install.confirm': {
    argument: { readonly token: string; readonly grants: readonly string[] };
    answer: CapsuleView;
  };
  'install.cancel': { argument: { readonly token: string }; answer: null };
  'capsule.setEnabled': { argument: { readonly id: string; readonly enabled: boolean }; answer: CapsuleView };
  'capsule.remove': { argument: { readonly id: string }; answer: null };
  'capsule.invoke': {
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
  'invoke.cancel': { argument: { readonly call: string }; answer: null };
  'process.signal': { argument: { readonly key: string; readonly signal: ProcessSignal }; answer: null };
  /** TERM, the grace, then KILL. Answers as soon as TERM is sent; the sequence comes back as deltas. */
  'process.stop': { argument: { readonly key: string; readonly graceMs: number }; answer: null };
  /** Cancels the KILL of a stop in progress; the TERM has already been sent. */
  'process.cancelStop': { argument: { readonly key: string }; answer: null };
  'process.kill': { argument: { readonly key: string }; answer: null };
  /** Discards an exited process and its retained output. */
  'process.release': { argument: { readonly key: string }; answer: null };
  /** `cursor` null reads from the oldest retained byte, a negative one that many bytes from the end. */
  'logs.read': {
    argument: {
      readonly key: string;
      readonly stream: LogStream;
      readonly cursor: number | null;
      readonly maxBytes: number;
    };
    answer: LogPage;
  };
  /** Current update state; from then on the window receives `updates.changed`. */
  'updates.view': { argument: null; answer: UpdateView };
  /** Configures the update feed; null turns updates off. Does not use the network. */
  'updates.setFeed': { argument: { readonly feed: string | null }; answer: UpdateView };
  /** Starts one step and returns the resulting state; further changes arrive as `updates.changed`. */
  'updates.act': { argument: { readonly action: UpdateAction }; answer: UpdateView };
}

/** Every event main may send. */
export interface Events {
  'state.delta': Delta;
  /** A capsule was opened with the application; show its install dialog. Sent again to a reloaded page. */
  'install.requested': InstallPlan;
  /** What was opened with the application cannot be opened. `source` is the original text, up to 12 KiB of it. */
  'install.refused': { readonly source: string; readonly failure: Failure };
  'updates.changed': UpdateView;
}

export type RequestName = keyof Requests;
export type EventName = keyof Events;

/** The run-time list for the preload; the type ensures that it is complete and has no extra names. */
export const requestNames: { readonly [Name in RequestName]: true } = {
  'state.snapshot': true,
  'install.choose': true,
  'install.confirm': true,
  'install.cancel': true,
  'capsule.setEnabled': true,
  'capsule.remove': true,
  'capsule.invoke': true,
  'invoke.cancel': true,
  'process.signal': true,
  'process.stop': true,
  'process.cancelStop': true,
  'process.kill': true,
  'process.release': true,
  'logs.read': true,
  'updates.view': true,
  'updates.setFeed': true,
  'updates.act': true,
};

export const eventNames: { readonly [Name in EventName]: true } = {
  'state.delta': true,
  'install.requested': true,
  'install.refused': true,
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
