import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { UpdateView, UpdateAction } from '../../src-main/contract/updates.ts';
import type { Client } from '../client/client.ts';
import type { Notices } from './notices.ts';

interface UpdatesState {
  /** Null until main has been asked. */
  readonly view: UpdateView | null;
  readonly pending: boolean;
}

export interface Updates {
  readonly store: StoreApi<UpdatesState>;
  /** Loads the update state and follows its changes; returns the unsubscribe function. */
  readonly watch: () => () => void;
  /** Keeps the address of a feed, or with null turns updates off. False when it was refused. */
  readonly setFeed: (feed: string | null) => Promise<boolean>;
  readonly act: (action: UpdateAction) => Promise<void>;
}

/** Updates, as main reports them. Nothing is requested before somebody looks, and nothing starts without a click. */
export function createUpdates(client: Client, notices: Notices): Updates {
  const store = createStore<UpdatesState>(() => ({ view: null, pending: false }));

  const ask = async (title: string, request: () => Promise<UpdateView>): Promise<boolean> => {
    if (store.getState().pending) {
      return false;
    }
    store.setState({ pending: true });
    try {
      // A change that came meanwhile is newer than the answer.
      const before = store.getState().view;
      const view = await request();
      store.setState((state) => (state.view === before ? { view } : {}));
      return true;
    } catch (error) {
      notices.failed(title, error);
      return false;
    } finally {
      store.setState({ pending: false });
    }
  };

  return {
    store,
    watch() {
      const off = client.on('updates.changed', (view) => store.setState({ view }));
      void ask('Could not load the update state', () => client.request('updates.view', null));
      return off;
    },
    setFeed: (feed) =>
      ask('Could not save the update feed', () => client.request('updates.setFeed', { feed })),
    async act(action) {
      await ask('Could not continue the update', () => client.request('updates.act', { action }));
    },
  };
}
