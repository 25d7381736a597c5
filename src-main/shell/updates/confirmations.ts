import type { Clock } from '../../base/clock.ts';
import { TypedError } from '../../base/typed-error.ts';
import type { ConfirmationText } from './confirmation-text.ts';
import { DECLINED_PAUSE_MS } from './constants.ts';

/** Asks the operator outside the page, in a dialog of the system; false for anything but a clear yes. */
export type AskOperator = (text: ConfirmationText) => Promise<boolean>;

/**
 * What the page asks for, and only the operator may decide. One question is open at a time, and after a refusal there is a
 * pause: a page that asks without end can neither wear the operator down nor have a click meant for something else.
 */
export class Confirmations {
  readonly #ask: AskOperator;
  readonly #clock: Clock;
  #open = false;
  #pauseEnds = Number.NEGATIVE_INFINITY;

  constructor(ask: AskOperator, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Resolves when the operator agreed. Throws `confirmation-open`, `confirmation-paused` or `not-confirmed`. */
  async require(text: ConfirmationText): Promise<void> {
    if (this.#open) {
      throw refused('confirmation-open', 'Another confirmation is open.', 'Answer the open dialog first.');
    }
    const left = this.#pauseEnds - this.#clock.monotonic();
    if (left > 0) {
      throw refused(
        'confirmation-paused',
        'A confirmation was declined a moment ago.',
        `Wait ${Math.ceil(left / 1_000)} s, then try again.`,
      );
    }
    this.#open = true;
    let agreed = false;
    try {
      agreed = await this.#ask(text);
    } finally {
      this.#open = false;
      if (!agreed) {
        this.#pauseEnds = this.#clock.monotonic() + DECLINED_PAUSE_MS;
      }
    }
    if (!agreed) {
      throw refused(
        'not-confirmed',
        'Nothing was changed: it was not confirmed in the dialog.',
        `If you want it, try again in ${DECLINED_PAUSE_MS / 1_000} s and confirm it.`,
      );
    }
  }
}

type ConfirmationCode = 'confirmation-open' | 'confirmation-paused' | 'not-confirmed';

function refused(code: ConfirmationCode, message: string, hint: string): TypedError<ConfirmationCode> {
  return new TypedError(code, message, hint);
}
