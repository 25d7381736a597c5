import type { MessageBus } from '../bus/bus.ts';
import type { Message } from '../bus/message.ts';
import type { Envelope } from '../bus/message-queue.ts';
import type { Subscription } from '../bus/subscription.ts';
import { waitFor } from '../base/wait-for.ts';
import type { Need } from '../policy/need.ts';
import { isPattern } from '../policy/topics.ts';
import type { ErrorCode, IpcEnvelope, IpcMessage, SubscriptionHandle } from './generated/astrid-ipc-1-0-0.ts';
import { insertPollable } from './io/pollable.ts';
import { errorsOf, type HostInterface } from './pipeline/errors-of.ts';
import { hostFunction, hostFunctionOn, nothing, type Call } from './pipeline/host-function.ts';
import { resource } from './pipeline/resource.ts';
import { WitError } from './pipeline/wit-error.ts';
import { createUnavailableHost } from './unavailable.ts';

/** What `astrid:ipc` needs of the rest of the host. */
export interface IpcServices {
  readonly bus: MessageBus;
}

/** The contract's limit of one `recv`. */
const MAX_RECV_MS = 60_000n;

const NAME = 'astrid:ipc/host@1.0.0';
const SUBSCRIPTION = resource<Subscription>()(`${NAME}#subscription`);

const NOTHING: IpcEnvelope = { messages: [], dropped: 0n, lagged: 0n };

/**
 * `astrid:ipc@1.0.0`: the receiving half. Publishing is not built: a message that reached subscriptions but no
 * handler of a manifest would be half a delivery.
 */
export function createIpcHost({ bus }: IpcServices): HostInterface<typeof NAME> {
  const unavailable = createUnavailableHost(NAME, `Publishing (${NAME})`);
  const find = (call: Call, self: SubscriptionHandle): Subscription => call.handles.get(SUBSCRIPTION, self);
  const quiet = {
    needs: nothing('a subscription passed the gate when it was opened'),
    audit: 'refusals',
    target: ({ listener }: Subscription) => listener.pattern,
  } as const;
  return {
    name: NAME,
    errors: errorsOf<typeof NAME>({
      cancelled: { tag: 'unknown', val: 'The call was cancelled.' },
      byCode: {},
    }),
    functions: {
      publish: unavailable.functions.publish,
      'publish-as': unavailable.functions['publish-as'],
      'get-interceptor-bindings': unavailable.functions['get-interceptor-bindings'],
      subscribe: hostFunction({
        needs: ([pattern]) => [subscribing(pattern)],
        charges: () => [{ stock: 'subscriptions', amount: 1 }],
        audit: 'always',
        target: ([pattern]) => pattern,
        run: (call, [pattern]) => {
          const subscription = bus.subscribe({
            pattern,
            capsule: call.capsule,
            principal: call.principal,
            // A call hears what concerns its own principal, a run loop also what concerns nobody.
            hearsHost: call.invocation === null,
          });
          return call.handles.insert(SUBSCRIPTION, subscription, { dispose: () => subscription.close() });
        },
      }),
      '[method]subscription.poll': hostFunctionOn(find, {
        ...quiet,
        run: (_call, subscription) => toEnvelope(requireOpen(subscription).take()),
      }),
      '[method]subscription.recv': hostFunctionOn(find, {
        ...quiet,
        blocks: true,
        whenCancelled: () => NOTHING,
        run: async (call, subscription, _self, timeoutMs) => {
          await waitFor({
            now: () => (requireOpen(subscription).ready ? true : undefined),
            subscribe: subscription.onChange,
            signal: call.signal,
            timeoutMs: timeoutMs > MAX_RECV_MS ? MAX_RECV_MS : timeoutMs,
          });
          // In time or not: the contract lets us answer `timeout`, but guests of the public SDK loop over
          // empty envelopes and would die of an error.
          return toEnvelope(requireOpen(subscription).take());
        },
      }),
      '[method]subscription.subscribe-readiness': hostFunctionOn(find, {
        ...quiet,
        run: (call, subscription, self) =>
          insertPollable(call, self, {
            ready: () => subscription.ready,
            subscribe: subscription.onChange,
            gone: () => subscription.closed,
          }),
      }),
    },
  };
}

/** A malformed pattern asks for nothing that could be allowed or denied. */
function subscribing(pattern: string): Need {
  if (!isPattern(pattern)) {
    throw new WitError<ErrorCode>({ tag: 'invalid-input' });
  }
  return { kind: 'subscribe', pattern };
}

function requireOpen(subscription: Subscription): Subscription {
  if (subscription.closed) {
    throw new WitError<ErrorCode>({ tag: 'closed' });
  }
  return subscription;
}

function toEnvelope({ messages, dropped, lagged }: Envelope): IpcEnvelope {
  return { messages: messages.map(toMessage), dropped: BigInt(dropped), lagged: BigInt(lagged) };
}

function toMessage({ topic, payload, sourceId, principal }: Message): IpcMessage {
  return {
    topic,
    payload,
    sourceId,
    principal: principal === null ? { tag: 'system' } : { tag: 'verified', val: principal },
  };
}
