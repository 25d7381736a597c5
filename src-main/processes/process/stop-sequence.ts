import type { Clock } from '../../base/clock.ts';
import { deferred } from '../../base/deferred.ts';
import type { StopView } from '../../contract/views.ts';

/** First signal of a stop: TERM, or INT when the call that started the process was cancelled. */
export type FirstSignal = 'term' | 'int';

export interface StopActions {
  readonly clock: Clock;
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
  /** When it began, by the monotonic clock: the view says it as the wall clock showed it. */
  #since = 0;
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
    const view = this.#view;
    if (view === null) {
      this.#actions.ask(first);
      this.#since = this.#actions.clock.monotonic();
      const since = this.#actions.clock.now();
      this.#plan({ step: first, since, graceMs, killAt: since + graceMs, revocable });
      return;
    }
    // Whole milliseconds, rounded down: a KILL that is due now is never said to come.
    const wanted = Math.floor(this.#elapsedMs + graceMs);
    if (view.step !== 'kill' && (wanted < view.graceMs || (view.revocable && !revocable))) {
      const shorter = Math.min(wanted, view.graceMs);
      this.#plan({
        ...view,
        graceMs: shorter,
        killAt: view.since + shorter,
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
    const now = this.#actions.clock.now();
    const { since, graceMs } = this.#view ?? { since: now, graceMs: 0 };
    const killAt = this.#view === null ? now : since + Math.floor(this.#elapsedMs);
    this.#view = { step: 'kill', since, graceMs, killAt, revocable: false };
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
    this.#timer = setTimeout(() => this.force(), Math.max(0, view.graceMs - this.#elapsedMs));
    this.#actions.onChange();
  }

  get #elapsedMs(): number {
    return this.#actions.clock.monotonic() - this.#since;
  }
}
