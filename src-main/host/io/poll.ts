import type { ErrorCode, PollableHandle } from '../generated/astrid-io-1-0-0.ts';
import { nothing, type Call, type HostInterface } from '../pipeline/host-function.ts';
import { isPollable, POLLABLE, waitForAny, type Pollable } from './pollable.ts';
import { WitError } from '../pipeline/wit-error.ts';

/** The contract's limit of one `poll`. */
const MAX_POLLABLES = 256;

/** `astrid:io/poll@1.0.0`: waiting for readiness, of one or of many at once. */
export function createPollHost(): HostInterface<'astrid:io/poll@1.0.0'> {
  const ownHandle = nothing('a guest holds only readiness of what it was allowed to open');
  const noTarget = (): string => '';
  const find = (call: Call, handle: PollableHandle): Pollable =>
    call.handles.get(POLLABLE, handle, isPollable);

  return {
    name: 'astrid:io/poll@1.0.0',
    errors: {
      denied: unknown('Not allowed.'),
      quota: unknown('Called too often.'),
      cancelled: { tag: 'cancelled' },
      unknown,
      byCode: { closed: () => ({ tag: 'closed' }) satisfies ErrorCode },
    },
    functions: {
      '[method]pollable.ready': {
        needs: ownHandle,
        audit: 'refusals',
        target: noTarget,
        run: (call, self) => find(call, self).ready(),
      },
      '[method]pollable.block': {
        needs: ownHandle,
        audit: 'refusals',
        target: noTarget,
        run: async (call, self) => {
          await waitForAny([find(call, self)], call.signal);
        },
      },
      poll: {
        needs: ownHandle,
        audit: 'refusals',
        target: noTarget,
        run: async (call, handles) => {
          if (handles.length === 0) {
            throw new WitError({ tag: 'invalid-input' } satisfies ErrorCode);
          }
          if (handles.length > MAX_POLLABLES) {
            throw new WitError({ tag: 'too-large' } satisfies ErrorCode);
          }
          return waitForAny(
            handles.map((handle) => find(call, handle)),
            call.signal,
          );
        },
      },
    },
  };
}

function unknown(text: string): { readonly tag: 'unknown'; readonly val: string } {
  return { tag: 'unknown', val: text };
}
