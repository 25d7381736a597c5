import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Failure } from '../../src-main/contract/requests.ts';
import type { InvokeResult } from '../../src-main/contract/views.ts';
import { failureOf } from '../client/client.ts';
import type { Client } from '../client/client.ts';

/** What a person typed for a capsule's action. */
export interface InvokeDraft {
  readonly action: string;
  /** JSON, or empty for no payload. */
  readonly payload: string;
  readonly principal: string;
}

export type CallState =
  | { readonly kind: 'running'; readonly call: string; readonly action: string; readonly since: number }
  | { readonly kind: 'answered'; readonly action: string; readonly result: InvokeResult }
  /** By this person, or because the window went away. */
  | { readonly kind: 'cancelled'; readonly action: string; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly action: string; readonly failure: Failure };

interface InvokeState {
  readonly drafts: ReadonlyMap<string, InvokeDraft>;
  /** The latest call of each capsule made from this window. */
  readonly calls: ReadonlyMap<string, CallState>;
}

export interface Invoke {
  readonly store: StoreApi<InvokeState>;
  readonly edit: (id: string, draft: InvokeDraft) => void;
  readonly run: (id: string, draft: InvokeDraft) => Promise<void>;
  readonly cancel: (id: string) => Promise<void>;
  /** Takes away the outcome of the latest call; one that runs stays. */
  readonly dismiss: (id: string) => void;
}

export const emptyDraft: InvokeDraft = { action: '', payload: '', principal: 'default' };

/** Invocations: drafts and outcomes by capsule, so that switching places loses nothing. */
export function createInvoke(client: Client, now: () => number, newId: () => string): Invoke {
  const store = createStore<InvokeState>(() => ({ drafts: new Map(), calls: new Map() }));
  const setCall = (id: string, call: CallState): void =>
    store.setState(({ calls }) => ({ calls: new Map([...calls, [id, call]]) }));

  return {
    store,
    edit: (id, draft) => store.setState(({ drafts }) => ({ drafts: new Map([...drafts, [id, draft]]) })),
    async run(id, { action, payload, principal }) {
      if (store.getState().calls.get(id)?.kind === 'running') {
        return;
      }
      const call = newId();
      setCall(id, { kind: 'running', call, action, since: now() });
      try {
        const result = await client.request('capsule.invoke', { id, action, payload, principal, call });
        setCall(id, { kind: 'answered', action, result });
      } catch (error) {
        const failure = failureOf(error);
        setCall(id, { kind: failure.code === CANCELLED ? 'cancelled' : 'failed', action, failure });
      }
    },
    async cancel(id) {
      const current = store.getState().calls.get(id);
      if (current?.kind !== 'running') {
        return;
      }
      try {
        await client.request('invoke.cancel', { call: current.call });
      } catch (error) {
        setCall(id, { kind: 'failed', action: current.action, failure: failureOf(error) });
      }
    },
    dismiss(id) {
      store.setState(({ calls }) => ({
        calls: new Map([...calls].filter(([of, { kind }]) => of !== id || kind === 'running')),
      }));
    },
  };
}

/** Main's error code for a cancelled call. */
const CANCELLED = 'invocation-cancelled';

/** The contract's rule for a principal; main enforces it, here it is shown beside the field. */
const PRINCIPAL = /^[A-Za-z0-9_-]{1,64}$/;

/** Why this is not a valid principal, null when it is. */
export function principalProblem(principal: string): string | null {
  return PRINCIPAL.test(principal) ? null : 'Use 1 to 64 letters, digits, "-" or "_".';
}

/** Why a payload cannot be sent, null when it can. */
export function payloadProblem(payload: string, maxBytes: number): string | null {
  if (payload.trim() === '') {
    return null;
  }
  if (new TextEncoder().encode(payload).length > maxBytes) {
    return `Too large: the limit is ${maxBytes / 1024 / 1024} MiB.`;
  }
  try {
    JSON.parse(payload);
    return null;
  } catch (error) {
    return error instanceof Error ? `Invalid JSON: ${error.message}` : 'Invalid JSON.';
  }
}
