import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { failureOf } from '../client/client.ts';

/** Something to show once. A failure stays until it is dismissed; `done` disappears by itself. */
export interface Notice {
  readonly id: number;
  readonly kind: 'failure' | 'done';
  readonly title: string;
  readonly text: string;
  /** What to do next; empty when there is nothing to do. */
  readonly hint: string;
}

export interface Notices {
  readonly store: StoreApi<{ readonly queue: readonly Notice[] }>;
  /** `title` says what failed: "Could not stop the process". */
  readonly failed: (title: string, error: unknown) => void;
  readonly done: (title: string, text: string) => void;
  /** Returns and removes the pending notices. */
  readonly take: () => readonly Notice[];
}

/** Pending notices. Knows nothing of how they are shown. */
export function createNotices(): Notices {
  const store = createStore<{ readonly queue: readonly Notice[] }>(() => ({ queue: [] }));
  let last = 0;
  const push = (notice: Omit<Notice, 'id'>): void => {
    last += 1;
    const id = last;
    store.setState(({ queue }) => ({ queue: [...queue, { ...notice, id }] }));
  };
  return {
    store,
    failed(title, error) {
      const failure = failureOf(error);
      push({ kind: 'failure', title, text: failure.message, hint: failure.hint });
    },
    done: (title, text) => push({ kind: 'done', title, text, hint: '' }),
    take() {
      const { queue } = store.getState();
      if (queue.length > 0) {
        store.setState({ queue: [] });
      }
      return queue;
    },
  };
}
