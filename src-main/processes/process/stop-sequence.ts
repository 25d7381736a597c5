import { deferred } from '../../base/deferred.ts';
import type { StopView } from '../../contract/views.ts';

/** How a stop asks: TERM, or INT when the call that wanted the process was cancelled. */
export type FirstSignal = 'term' | 'int';

export interface StopActions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly ask: (signal: FirstSignal) => void;
  readonly kill: () => void;
  readonly onChange: () => void;
}

export interface StopOptions {
  readonly graceMs: number;
  readonly first: FirstSignal;
  /** Whether the KILL may be called off; no more once one caller says that it may not. */
  readonly revocable: boolean;
}

/** What became of a stop. */
export type StopOutcome = 'ended' | 'called-off';

/** TERM or INT, a grace, KILL: each step visible, and the last can be called off until it is taken. */
export class StopSequence {
  readonly #actions: StopActions;
  #view: StopView | null = null;
  #over = deferred<StopOutcome>();
  #timer: NodeJS.Timeout | undefined;

  constructor(actions: StopActions) {
    this.#actions = actions;
  }

  /** Null when no stop is under way. */
  get view(): StopView | null {
    return this.#view;
  }

  /** Resolves when the stop under way is over. */
  get over(): Promise<StopOutcome> {
    return this.#over.promise;
  }

  /** Sends the first signal and sets the KILL. While one is under way, a second call can only make it stricter. */
  begin({ graceMs, first, revocable }: StopOptions): void {
    const now = this.#actions.now();
    const killAt = now + graceMs;
    const view = this.#view;
    if (view === null) {
      this.#actions.ask(first);
      this.#plan({ step: first, since: now, graceMs, killAt, revocable });
    } else if (view.step !== 'kill' && (killAt < view.killAt || (view.revocable && !revocable))) {
      const earlier = Math.min(killAt, view.killAt);
      this.#plan({
        ...view,
        graceMs: earlier - view.since,
        killAt: earlier,
        revocable: view.revocable && revocable,
      });
    }
  }

  /** Calls off the KILL; what was sent cannot be taken back. False when there is none that may be called off. */
  cancel(): boolean {
    if (this.#view?.revocable !== true) {
      return false;
    }
    this.#close('called-off');
    this.#actions.onChange();
    return true;
  }

  /** KILL now. */
  force(): void {
    clearTimeout(this.#timer);
    const now = this.#actions.now();
    const { since, graceMs } = this.#view ?? { since: now, graceMs: 0 };
    this.#view = { step: 'kill', since, graceMs, killAt: now, revocable: false };
    this.#actions.kill();
    this.#actions.onChange();
  }

  /** The process has ended. */
  end(): void {
    this.#close('ended');
  }

  #close(outcome: StopOutcome): void {
    clearTimeout(this.#timer);
    this.#view = null;
    this.#over.resolve(outcome);
    this.#over = deferred();
  }

  #plan(view: StopView): void {
    clearTimeout(this.#timer);
    this.#view = view;
    this.#timer = setTimeout(() => this.force(), Math.max(0, view.killAt - this.#actions.now()));
    this.#actions.onChange();
  }
}
