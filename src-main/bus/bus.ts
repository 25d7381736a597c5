import { covers } from '../policy/topics.ts';
import type { Message } from './message.ts';
import { Subscription, type Listener } from './subscription.ts';

/** `source-id` of what the host itself says. */
const HOST = '00000000-0000-0000-0000-000000000000';

/** Whom a message of the host concerns; null: every listener whom messages for nobody reach. */
export interface Audience {
  readonly principal: string | null;
  /** Only this capsule's subscriptions hear it. */
  readonly capsule?: string;
}

/**
 * Hands messages to the subscriptions that may hear them: in the order of publishing, at once, and without
 * waiting for any receiver.
 */
export class MessageBus {
  readonly #subscriptions = new Set<Subscription>();
  #sequence = 0;

  /** @param listener its pattern must have passed `isPattern` and the gate */
  subscribe(listener: Listener): Subscription {
    const subscription: Subscription = new Subscription(listener, () =>
      this.#subscriptions.delete(subscription),
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /**
   * Says something on behalf of the host.
   *
   * @param payload becomes JSON
   * @returns how many subscriptions got it
   */
  publishSystem(topic: string, payload: unknown, { principal, capsule }: Audience): number {
    this.#sequence += 1;
    const message: Message = {
      topic,
      payload: JSON.stringify(payload),
      sourceId: HOST,
      principal,
      sequence: this.#sequence,
    };
    const receivers = [...this.#subscriptions].filter(
      ({ listener }) =>
        (capsule === undefined || capsule === listener.capsule) &&
        admits(listener, principal) &&
        covers(listener.pattern, topic),
    );
    for (const receiver of receivers) {
      receiver.deliver(message);
    }
    return receivers.length;
  }

  /** Closes every subscription. */
  dispose(): void {
    for (const subscription of [...this.#subscriptions]) {
      subscription.close();
    }
  }
}

/** A principal hears what is meant for it and nothing that is meant for another. */
function admits(listener: Listener, principal: string | null): boolean {
  return principal === null ? listener.hearsHost : principal === listener.principal;
}
