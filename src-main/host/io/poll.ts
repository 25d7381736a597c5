import type { ErrorCode, PollableHandle } from '../generated/astrid-io-1-0-0.ts';
import { errorsOf, type HostInterface } from '../pipeline/errors-of.ts';
import { hostFunction, hostFunctionOn, nothing, type Call } from '../pipeline/host-function.ts';
import { WitError } from '../pipeline/wit-error.ts';
import { POLLABLE, waitForAny, type Pollable } from './pollable.ts';

/** The contract's limit of one `poll`. */
const MAX_POLLABLES = 256;

/** `astrid:io/poll@1.0.0`: waiting for readiness, of one or of many at once. */
export function createPollHost(): HostInterface<'astrid:io/poll@1.0.0'> {
  const find = (call: Call, self: PollableHandle): Pollable => call.handles.get(POLLABLE, self);
  const quiet = {
    needs: nothing('a guest only holds pollables of resources that it was allowed to open'),
    audit: 'refusals',
    target: () => '',
  } as const;
  return {
    name: 'astrid:io/poll@1.0.0',
    errors: errorsOf<'astrid:io/poll@1.0.0', 'closed'>({
      denied: null,
      quota: null,
      byCode: { closed: 'closed' },
    }),
    functions: {
      '[method]pollable.ready': hostFunctionOn(find, { ...quiet, run: (_call, pollable) => pollable.ready }),
      '[method]pollable.block': hostFunctionOn(find, {
        ...quiet,
        blocks: true,
        run: async (call, pollable) => {
          await waitForAny([pollable], call.signal);
        },
      }),
      poll: hostFunction({
        ...quiet,
        blocks: true,
        run: (call, [handles]) => {
          if (handles.length === 0 || handles.length > MAX_POLLABLES) {
            throw new WitError<ErrorCode>({ tag: handles.length === 0 ? 'invalid-input' : 'too-large' });
          }
          return waitForAny(
            handles.map((handle) => find(call, handle)),
            call.signal,
          );
        },
      }),
    },
  };
}
