import type { MessagePort } from 'node:worker_threads';
import type { GuestCall, GuestStart } from './protocol.ts';

/** The same for a thread, with its end of the bridge. */
export interface ThreadStart extends GuestStart {
  readonly questions: MessagePort;
  readonly shared: SharedArrayBuffer;
}

/**
 * Supervisor to guest: the component first, then calls. The thread is made without it, so that nothing of a component is
 * in it before its start may begin.
 */
export type SupervisorMessage =
  | { readonly kind: 'start'; readonly start: ThreadStart }
  | { readonly kind: 'call'; readonly call: GuestCall };
