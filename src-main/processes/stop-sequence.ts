import type { StopView } from '../contract/views.ts';

export interface StopActions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly terminate: () => void;
  readonly kill: () => void;
  readonly onChange: () => void;
}

/** TERM, a grace, KILL: each step visible, and the last can be called off until it is taken. */
export class StopSequence {
  readonly #actions: StopActions;
  #view: StopView | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(actions: StopActions) {
    this.#actions = actions;
  }

  /** Null when no stop is under way. */
  get view(): StopView | null {
    return this.#view;
  }

  /** Sends TERM and sets the KILL. While one is under way, a second call can only bring the KILL forward. */
  begin(graceMs: number): void {
    const now = this.#actions.now();
    if (this.#view === null) {
      this.#actions.terminate();
      this.#plan({ step: 'term', since: now, graceMs, killAt: now + graceMs });
    } else if (this.#view.step === 'term' && now + graceMs < this.#view.killAt) {
      this.#plan({ ...this.#view, graceMs: now + graceMs - this.#view.since, killAt: now + graceMs });
    }
  }

  /** Calls off the KILL; the TERM cannot be taken back. False when there is none to call off. */
  cancel(): boolean {
    if (this.#view?.step !== 'term') {
      return false;
    }
    this.end();
    this.#actions.onChange();
    return true;
  }

  /** KILL now. */
  force(): void {
    clearTimeout(this.#timer);
    const now = this.#actions.now();
    const { since, graceMs } = this.#view ?? { since: now, graceMs: 0 };
    this.#view = { step: 'kill', since, graceMs, killAt: now };
    this.#actions.kill();
    this.#actions.onChange();
  }

  /** The process has ended, or the stop was called off. */
  end(): void {
    clearTimeout(this.#timer);
    this.#view = null;
  }

  #plan(view: StopView): void {
    clearTimeout(this.#timer);
    this.#view = view;
    this.#timer = setTimeout(() => this.force(), Math.max(0, view.killAt - this.#actions.now()));
    this.#actions.onChange();
  }
}
