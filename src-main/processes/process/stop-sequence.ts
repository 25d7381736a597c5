import { deferred } from '../../base/deferred.ts';
import type { StopView } from '../../contract/views.ts';

/** First signal of a stop: TERM, or INT when the call that started the process was cancelled. */
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
  /** Whether the KILL can be cancelled; not once any caller has asked for a stop that cannot. */
  readonly revocable: boolean;
}

/** The outcome of a stop. */
export type StopOutcome = 'ended' | 'called-off';

/** TERM or INT, grace period, KILL: each step is visible, and the KILL can be cancelled until it is sent. */
export class StopSequence {
  readonly #actions: StopActions;
  #view: StopView | null = null;
  #over = deferred<StopOutcome>();
  #timer: NodeJS.Timeout | undefined;

  constructor(actions: StopActions) {
    this.#actions = actions;
  }

  /** Null when no stop is in progress. */
  get view(): StopView | null {
    return this.#view;
  }

  /** Resolves when the current stop is over. */
  get over(): Promise<StopOutcome> {
    return this.#over.promise;
  }

  /** Sends the first signal and schedules the KILL. During a stop, a second call can only make it stricter. */
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

  /** Cancels the KILL; signals already sent remain sent. False when there is none that can be cancelled. */
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
