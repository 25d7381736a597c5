import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../client/client.ts';
import { createActions } from './actions.ts';
import type { Actions } from './actions.ts';
import { createClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { createInstall } from './install.ts';
import type { Install } from './install.ts';
import { createInvoke } from './invoke.ts';
import type { Invoke } from './invoke.ts';
import { createView } from './kept-view.ts';
import type { Memory } from './kept-view.ts';
import { createLogs } from './logs.ts';
import type { Frame, Logs } from './logs.ts';
import { createMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { createNotices } from './notices.ts';
import type { Notices } from './notices.ts';
import { createUpdates } from './update-store.ts';
import type { Updates } from './update-store.ts';
import type { ViewState } from './view.ts';

/** Everything the window knows and can do, one store per domain. */
export interface Stores {
  readonly machine: Machine;
  readonly actions: Actions;
  readonly notices: Notices;
  readonly install: Install;
  readonly invoke: Invoke;
  readonly logs: Logs;
  readonly clock: Clock;
  readonly updates: Updates;
  readonly view: StoreApi<ViewState>;
}

/** What the stores need of the page they live in. */
export interface StoreDeps {
  readonly client: Client;
  readonly memory: Memory;
  readonly frame: Frame;
  /** Epoch ms. */
  readonly now: () => number;
  readonly newId: () => string;
}

export function createStores({ client, memory, frame, now, newId }: StoreDeps): Stores {
  const notices = createNotices();
  const machine = createMachine(client);
  return {
    machine,
    notices,
    actions: createActions(client, notices),
    install: createInstall(client, notices),
    invoke: createInvoke(client, now, newId),
    logs: createLogs(client, machine.store, frame),
    clock: createClock(now),
    updates: createUpdates(client, notices),
    view: createView(memory),
  };
}

/** Connects the stores to main and to the page; returns what disconnects them. */
export function startStores({ machine, install, logs, clock, view }: Stores, page: Document): () => void {
  const { openLog, logMode } = view.getState();
  const stops = [
    logs.start(),
    install.start(),
    clock.start(page),
    forgetGone(machine, view),
    machine.start(),
  ];
  if (openLog !== '') {
    logs.open(openLog, logMode);
  }
  return () => {
    for (const stop of stops.reverse()) {
      stop();
    }
  };
}

/**
 * Clears what was open or selected when the window was last open but is gone from the first snapshot: nobody saw it
 * disappear. Returns the unsubscribe function.
 */
function forgetGone(machine: Machine, view: Stores['view']): () => void {
  const unsubscribe = machine.store.subscribe(({ status, processes }) => {
    if (status !== 'ready') {
      return;
    }
    unsubscribe();
    view.setState(({ openLog, selected }) => ({
      openLog: processes.has(openLog) ? openLog : '',
      selected: selected.filter((key) => processes.has(key)),
    }));
  });
  return unsubscribe;
}
