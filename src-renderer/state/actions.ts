import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { DEFAULT_STOP_GRACE_MS } from '../../src-main/contract/limits.ts';
import type { ProcessSignal } from '../../src-main/contract/views.ts';
import type { Client } from '../client/client.ts';
import type { Notices } from './notices.ts';

export interface Actions {
  /** Names of requests under way, as `verb:key`. */
  readonly store: StoreApi<{ readonly pending: ReadonlySet<string> }>;
  /** TERM, the grace, then KILL. */
  readonly stop: (key: string) => Promise<void>;
  readonly cancelStop: (key: string) => Promise<void>;
  readonly kill: (key: string) => Promise<void>;
  readonly signal: (key: string, signal: ProcessSignal) => Promise<void>;
  readonly release: (key: string) => Promise<void>;
  /** Program and arguments of a process, whole; null when that failed, which is told. */
  readonly readCommand: (key: string) => Promise<readonly string[] | null>;
  readonly setEnabled: (id: string, enabled: boolean) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** In safe mode: ends the application and starts it again without. */
  readonly restartNormally: () => Promise<void>;
}

/**
 * What a person can do to processes and capsules. Each takes the key that was captured at the click, never fails
 * silently (a failure becomes a notice) and never rejects. A request that is under way is not sent twice.
 */
export function createActions(client: Client, notices: Notices): Actions {
  const store = createStore<{ readonly pending: ReadonlySet<string> }>(() => ({ pending: new Set() }));

  const run = async (name: string, title: string, request: () => Promise<unknown>): Promise<void> => {
    if (store.getState().pending.has(name)) {
      return;
    }
    store.setState(({ pending }) => ({ pending: new Set([...pending, name]) }));
    try {
      await request();
    } catch (error) {
      notices.failed(title, error);
    }
    store.setState(({ pending }) => ({ pending: new Set([...pending].filter((other) => other !== name)) }));
  };

  return {
    store,
    stop: (key) =>
      run(`stop:${key}`, 'Could not stop the process', () =>
        client.request('process.stop', { key, graceMs: DEFAULT_STOP_GRACE_MS }),
      ),
    cancelStop: (key) =>
      run(`cancelStop:${key}`, 'Could not cancel the stop', () =>
        client.request('process.cancelStop', { key }),
      ),
    kill: (key) =>
      run(`kill:${key}`, 'Could not kill the process', () => client.request('process.kill', { key })),
    signal: (key, signal) =>
      run(`signal:${key}`, `Could not send SIG${signal.toUpperCase()}`, () =>
        client.request('process.signal', { key, signal }),
      ),
    release: (key) =>
      run(`release:${key}`, 'Could not discard the process', () =>
        client.request('process.release', { key }),
      ),
    async readCommand(key) {
      try {
        return await client.request('process.command', { key });
      } catch (error) {
        notices.failed('Could not read the command', error);
        return null;
      }
    },
    setEnabled: (id, enabled) =>
      run(`setEnabled:${id}`, `Could not ${enabled ? 'enable' : 'disable'} ${id}`, () =>
        client.request('capsule.setEnabled', { id, enabled }),
      ),
    remove: (id) =>
      run(`remove:${id}`, `Could not remove ${id}`, () => client.request('capsule.remove', { id })),
    restartNormally: () =>
      run('restartNormally', 'Could not restart', () => client.request('app.restartNormally', null)),
  };
}
