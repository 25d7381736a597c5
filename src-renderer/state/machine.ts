import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Failure } from '../../src-main/contract/requests.ts';
import type { AboutView, Delta } from '../../src-main/contract/views.ts';
import { failureOf } from '../client/client.ts';
import type { Client } from '../client/client.ts';
import { applyDelta, fromSnapshot } from './apply-delta.ts';
import type { MachineState } from './apply-delta.ts';

interface MachineView extends MachineState {
  /** `failed` only when there is nothing to show; with old data on screen it is `stale`. */
  readonly status: 'loading' | 'ready' | 'stale' | 'failed';
  readonly failure: Failure | null;
  readonly about: AboutView | null;
}

export interface Machine {
  readonly store: StoreApi<MachineView>;
  /** Subscribes, then takes the first snapshot; returns the unsubscribe function. */
  readonly start: () => () => void;
  /** Takes a new snapshot, after a failure. */
  readonly reload: () => Promise<void>;
}

/** Processes and capsules as main reports them: one snapshot, then deltas; a missing delta leads to a new snapshot. */
export function createMachine(client: Client): Machine {
  const store = createStore<MachineView>(() => ({
    status: 'loading',
    failure: null,
    about: null,
    sequence: 0,
    processes: new Map(),
    capsules: new Map(),
    stops: new Map(),
  }));
  /** Deltas that came while a snapshot was under way; null when none is. */
  let waiting: Delta[] | null = null;

  const receive = (delta: Delta): void => {
    const state = store.getState();
    if (waiting !== null) {
      waiting.push(delta);
      return;
    }
    if (state.about === null) {
      return;
    }
    const known = applyDelta(state, delta);
    if (known === 'gap') {
      void reload();
    } else {
      store.setState(known);
    }
  };

  const reload = async (): Promise<void> => {
    if (waiting !== null) {
      return;
    }
    waiting = [];
    try {
      const snapshot = await client.request('state.snapshot', null);
      store.setState({ ...fromSnapshot(snapshot), about: snapshot.about, status: 'ready', failure: null });
    } catch (error) {
      const status = store.getState().about === null ? 'failed' : 'stale';
      store.setState({ status, failure: failureOf(error) });
    }
    const missed = waiting;
    waiting = null;
    for (const delta of store.getState().status === 'ready' ? missed : []) {
      receive(delta);
    }
  };

  return {
    store,
    start() {
      const off = client.on('state.delta', receive);
      void reload();
      return off;
    },
    reload,
  };
}
