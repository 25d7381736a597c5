import type { UpdateView, UpdateAction } from '../contract/updates.ts';
import type { WindowPort } from './window-port.ts';

/** Updating, as far as requests reach it. Every method answers with where it stands then. */
export interface UpdateControls {
  readonly view: () => Promise<UpdateView>;
  readonly setFeed: (feed: string | null) => Promise<UpdateView>;
  readonly act: (action: UpdateAction) => Promise<UpdateView>;
  /** Hears every change; returns the unsubscribe function. */
  readonly changed: (listener: (view: UpdateView) => void) => () => void;
}

/** Tells windows where updating stands: one that has asked for the view hears every change until it is gone. */
export class UpdateFeed {
  readonly #updates: UpdateControls;
  readonly #windows = new Map<number, () => void>();

  constructor(updates: UpdateControls) {
    this.#updates = updates;
  }

  view(window: WindowPort): Promise<UpdateView> {
    if (!this.#windows.has(window.id)) {
      const unsubscribeChanges = this.#updates.changed((view) => window.send('updates.changed', view));
      const unsubscribeGone = window.onGone(() => this.#drop(window.id));
      this.#windows.set(window.id, () => {
        unsubscribeChanges();
        unsubscribeGone();
      });
    }
    return this.#updates.view();
  }

  dispose(): void {
    for (const id of this.#windows.keys()) {
      this.#drop(id);
    }
  }

  #drop(id: number): void {
    this.#windows.get(id)?.();
    this.#windows.delete(id);
  }
}
