import type { Clock } from '../base/clock.ts';
import { messageSize } from '../base/message-size.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import { TypedError } from '../base/typed-error.ts';
import {
  MAX_REQUEST_BYTES,
  MAX_REQUEST_BYTES_PER_SECOND,
  MAX_REQUESTS_PER_SECOND,
} from '../contract/limits.ts';
import { tooLarge, tooManyRequests } from '../contract/request-failures.ts';
import type { Failure } from '../contract/requests.ts';
import { BACKLOG_SECONDS, MAX_REFUSED, REFUSED_FORGOTTEN_PER_SECOND } from './constants.ts';

/** A page, by its identity: it is forgotten with it. */
type Sender = object;

interface Budget {
  readonly requests: TokenBucket;
  readonly bytes: TokenBucket;
  readonly refusals: TokenBucket;
}

/**
 * What a page may ask, counted before anything else is done with a request. The preload keeps to lower bounds, so a page
 * whose script was taken over never gets here with more: a renderer that does goes past its preload, and is ended.
 */
export class RequestBounds<Page extends Sender> {
  readonly #clock: Clock;
  readonly #endPage: (page: Page, reason: string) => void;
  readonly #budgets = new WeakMap<Page, Budget>();

  /** @param endPage ends the renderer of a page; a fresh one may ask again at once */
  constructor(clock: Clock, endPage: (page: Page, reason: string) => void) {
    this.#clock = clock;
    this.#endPage = endPage;
  }

  /** Counts one request with all that was sent. Throws `too-large` or `too-many-requests`. */
  charge(page: Page, sent: readonly unknown[]): void {
    const size = messageSize(sent, MAX_REQUEST_BYTES + MAX_ENVELOPE_BYTES);
    if (size === Infinity) {
      this.#end(page, `it sent a request of more than ${MAX_REQUEST_BYTES} bytes`);
      throw failed(tooLarge);
    }
    const budget = this.#budgets.get(page) ?? this.#open(page);
    if (budget.requests.take(1) && budget.bytes.take(size)) {
      return;
    }
    if (!budget.refusals.take(1)) {
      this.#end(page, `it sent requests without end`);
    }
    throw failed(tooManyRequests);
  }

  #open(page: Page): Budget {
    const bucket = (perSecond: number, burst: number): TokenBucket =>
      new TokenBucket({ perSecond, burst }, this.#clock);
    const budget = {
      requests: bucket(MAX_REQUESTS_PER_SECOND, BACKLOG_SECONDS * MAX_REQUESTS_PER_SECOND),
      bytes: bucket(MAX_REQUEST_BYTES_PER_SECOND, BACKLOG_SECONDS * MAX_REQUEST_BYTES_PER_SECOND),
      refusals: bucket(REFUSED_FORGOTTEN_PER_SECOND, MAX_REFUSED),
    };
    this.#budgets.set(page, budget);
    return budget;
  }

  #end(page: Page, reason: string): void {
    this.#budgets.delete(page);
    this.#endPage(page, reason);
  }
}

/** The list around the argument that the preload measured. */
const MAX_ENVELOPE_BYTES = 64;

function failed({ code, message, hint }: Failure): TypedError {
  return new TypedError(code, message, hint);
}
