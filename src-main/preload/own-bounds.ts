import { systemClock } from '../base/clock.ts';
import { messageSize } from '../base/message-size.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import {
  MAX_REQUEST_BYTES,
  MAX_REQUEST_BYTES_PER_SECOND,
  MAX_REQUESTS_PER_SECOND,
  REQUEST_BURST_SECONDS,
} from '../contract/limits.ts';
import { tooLarge, tooManyRequests } from '../contract/request-failures.ts';
import type { Failure } from '../contract/requests.ts';

const requests = bucket(MAX_REQUESTS_PER_SECOND);
const bytes = bucket(MAX_REQUEST_BYTES_PER_SECOND);

/** Why a request does not leave the page, where it costs main nothing; null for one that may. Main counts again. */
export function overBounds(argument: unknown): Failure | null {
  const size = messageSize(argument, MAX_REQUEST_BYTES);
  if (size === Infinity) {
    return tooLarge;
  }
  return requests.take(1) && bytes.take(size) ? null : tooManyRequests;
}

function bucket(perSecond: number): TokenBucket {
  return new TokenBucket({ perSecond, burst: REQUEST_BURST_SECONDS * perSecond }, systemClock);
}
