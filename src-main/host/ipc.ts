import type { MessageBus } from '../bus/bus.ts';
import type { Message } from '../bus/message.ts';
import type { Envelope } from '../bus/message-queue.ts';
import { Subscription } from '../bus/subscription.ts';
import type { Need } from '../policy/gate.ts';
import { isPattern } from '../policy/topics.ts';
import type { ErrorCode, IpcEnvelope, IpcMessage, SubscriptionHandle } from './generated/astrid-ipc-1-0-0.ts';
import { nothing, type Call, type HostInterface } from './pipeline/host-function.ts';
import { Pollable, POLLABLE } from './io/pollable.ts';
import { createUnavailableHost } from './unavailable.ts';
import { WitError } from './pipeline/wit-error.ts';

/** What `astrid:ipc` needs of the rest of the host. */
export interface IpcServices {
  readonly bus: MessageBus;
  /** The name of a process-id for the audit; topics of process events may end with an id. */
  readonly keyOf: (id: string) => string;
}

/** The contract's limits of one instance's subscriptions and of one `recv`. */
const MAX_SUBSCRIPTIONS = 128;
const MAX_RECV_MS = 60_000;

const NAME = 'astrid:ipc/host@1.0.0';
const SUBSCRIPTION = `${NAME}#subscription`;

/** What looks like a process-id. */
const PROCESS_ID = /^[a-z2-7]{52}$/;

const NOTHING: IpcEnvelope = { messages: [], dropped: 0n, lagged: 0n };

/**
 * `astrid:ipc@1.0.0`: the receiving half. Publishing is not built: a message that reached subscriptions but no
 * handler of a manifest would be half a delivery.
 */
export function createIpcHost({ bus, keyOf }: IpcServices): HostInterface<typeof NAME> {
  const unavailable = createUnavailableHost(NAME, `The sending half of ${NAME}`);
  const ownHandle = nothing('a subscription passed the gate when it was opened');
  const quiet = {
    needs: ownHandle,
    audit: 'refusals',
    target: () => 'a subscription of the instance',
  } as const;

  return {
    name: NAME,
    errors: {
      denied: tag('capability-denied'),
      quota: tag('rate-limited'),
      cancelled: unknown('The call is being stopped.'),
      unknown,
      byCode: {},
    },
    functions: {
      publish: unavailable.functions.publish,
      'publish-as': unavailable.functions['publish-as'],
      'get-interceptor-bindings': unavailable.functions['get-interceptor-bindings'],
      subscribe: {
        needs: (pattern) => [subscribing(pattern)],
        audit: 'always',
        target: (pattern) => withoutIds(pattern, keyOf),
        run: (call, pattern) => {
          if (call.handles.count(SUBSCRIPTION) >= MAX_SUBSCRIPTIONS) {
            throw new WitError<ErrorCode>(tag('quota'));
          }
          const subscription = bus.subscribe({
            pattern,
            capsule: call.capsule,
            principal: call.principal,
            // A call hears what concerns its own principal, a run loop also what concerns nobody.
            hearsHost: call.invocation === null,
          });
          return call.handles.insert(SUBSCRIPTION, subscription, () => subscription.close());
        },
      },
      '[method]subscription.poll': {
        ...quiet,
        whenCancelled: () => NOTHING,
        run: (call, self) => toEnvelope(requireOpen(find(call, self)).take()),
      },
      '[method]subscription.recv': {
        ...quiet,
        whenCancelled: () => NOTHING,
        run: async (call, self, timeoutMs) => {
          const subscription = requireOpen(find(call, self));
          await waitForMessage(subscription, timeoutMs, call.signal);
          // In time or not: the contract lets us answer `timeout`, but guests of the public SDK loop over
          // empty envelopes and would die of an error.
          return toEnvelope(requireOpen(subscription).take());
        },
      },
      '[method]subscription.subscribe-readiness': {
        ...quiet,
        run: (call, self) =>
          call.handles.insert(POLLABLE, messagePollable(find(call, self)), () => undefined),
      },
    },
  };
}

function find(call: Call, handle: SubscriptionHandle): Subscription {
  return call.handles.get(SUBSCRIPTION, handle, (value) => value instanceof Subscription);
}

/** A malformed pattern asks for nothing that could be allowed or denied. */
function subscribing(pattern: string): Need {
  if (!isPattern(pattern)) {
    throw new WitError<ErrorCode>(tag('invalid-input'));
  }
  return { kind: 'subscribe', pattern };
}

function requireOpen(subscription: Subscription): Subscription {
  if (subscription.closed) {
    throw new WitError<ErrorCode>(tag('closed'));
  }
  return subscription;
}

/** Waits for a message, the end of the subscription or the end of the time. Rejects when `signal` aborts. */
function waitForMessage(subscription: Subscription, timeoutMs: bigint, signal: AbortSignal): Promise<void> {
  if (subscription.ready) {
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => (): void => {
      clearTimeout(timer);
      leave();
      signal.removeEventListener('abort', onAbort);
      end();
    };
    const onAbort = settle(() => reject(signal.reason as Error));
    const onEnd = settle(resolve);
    const timer = setTimeout(onEnd, timeoutMs > MAX_RECV_MS ? MAX_RECV_MS : Number(timeoutMs));
    const leave = subscription.onChange(onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function messagePollable(subscription: Subscription): Pollable {
  return new Pollable(
    () => subscription.ready,
    (listener) => subscription.onChange(listener),
    () => subscription.closed,
  );
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

function withoutIds(pattern: string, keyOf: IpcServices['keyOf']): string {
  return pattern
    .split('.')
    .map((segment) => (PROCESS_ID.test(segment) ? keyOf(segment) : segment))
    .join('.');
}

function tag<T extends Exclude<ErrorCode['tag'], 'unknown'>>(name: T): { readonly tag: T } {
  return { tag: name };
}

function unknown(text: string): ErrorCode {
  return { tag: 'unknown', val: text };
}
