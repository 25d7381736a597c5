import type { Clock } from '../../base/clock.ts';
import { deferred } from '../../base/deferred.ts';
import { Emitter } from '../../base/emitter.ts';
import type { ExitView } from '../../contract/views.ts';

/** The end of one process: set once, kept for ever. */
export class ExitLatch {
  readonly #clock: Clock;
  readonly #promise = deferred<ExitView>();
  readonly #event = new Emitter<ExitView>();
  #view: ExitView | null = null;
  #at: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Null until then. */
  get view(): ExitView | null {
    return this.#view;
  }

  /** Epoch ms; null until then. */
  get at(): number | null {
    return this.#at;
  }

  get promise(): Promise<ExitView> {
    return this.#promise.promise;
  }

  /** For who may stop waiting before: the promise keeps whatever waits for it until the end. */
  get event(): Emitter<ExitView>['event'] {
    return this.#event.event;
  }

  /** Once. Whoever hears of it finds `tidyUp` done, which itself finds the end known. */
  set(view: ExitView, tidyUp: () => void): void {
    this.#view = view;
    this.#at = this.#clock.now();
    tidyUp();
    this.#promise.resolve(view);
    this.#event.fire(view);
    this.#event.dispose();
  }
}
