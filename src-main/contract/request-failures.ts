import { MAX_REQUEST_BYTES, MAX_REQUESTS_PER_SECOND } from './limits.ts';
import type { Failure } from './requests.ts';

/** What a request gets that is over a limit, from whichever end notices first. */
export const tooLarge: Failure & { readonly code: 'too-large' } = {
  code: 'too-large',
  message: `The request is larger than ${MAX_REQUEST_BYTES} bytes.`,
  hint: 'Send less at once. A payload may have 1 MiB.',
};
export const tooManyRequests: Failure & { readonly code: 'too-many-requests' } = {
  code: 'too-many-requests',
  message: `The window has reached its limit of ${MAX_REQUESTS_PER_SECOND} requests or its number of bytes per second.`,
  hint: 'Wait a second, then try again. If you did nothing, reload the window.',
};
