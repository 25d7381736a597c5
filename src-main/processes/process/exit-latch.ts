import { deferred } from '../../base/deferred.ts';
import { Emitter } from '../../base/emitter.ts';
import type { ExitView } from '../../contract/views.ts';

/** The exit of one process: set once, kept forever. */
export class ExitLatch {
  readonly #promise = deferred<ExitView>();
  readonly #event = new Emitter<ExitView>();
  #view: ExitView | null = null;

  /** Null until then. */
  get view(): ExitView | null {
    return this.#view;
  }

  get promise(): Promise<ExitView> {
    return this.#promise.promise;
  }

  /** For callers that may unsubscribe before exit; the promise holds on to its waiters until then. */
  get event(): Emitter<ExitView>['event'] {
    return this.#event.event;
  }

  /** To be called once. Listeners run after cleanup (`tidyUp`), which already sees the exit. */
  set(view: ExitView, tidyUp: () => void): void {
    this.#view = view;
    tidyUp();
    this.#promise.resolve(view);
    this.#event.fire(view);
    this.#event.dispose();
  }
}
