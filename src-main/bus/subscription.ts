import { Emitter } from '../base/emitter.ts';
import { closed, opened } from '../base/leaks.ts';
import type { Message } from './message.ts';
import { MessageQueue, type Envelope } from './message-queue.ts';

/** Who listens, and to what. */
export interface Listener {
  readonly pattern: string;
  readonly capsule: string;
  readonly principal: string;
  /** True for what a run loop opens: it also hears what the host says to nobody in particular. */
  readonly hearsHost: boolean;
}

/** One receiver's end of the bus. */
export class Subscription {
  readonly listener: Listener;
  readonly #queue = new MessageQueue();
  readonly #change = new Emitter<undefined>();
  readonly #onClose: () => void;
  #closed = false;

  constructor(listener: Listener, onClose: () => void) {
    this.listener = listener;
    this.#onClose = onClose;
    opened(this);
  }

  /** Fires when a message has arrived, and when it is closed. */
  get onChange(): Emitter<undefined>['event'] {
    return this.#change.event;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A message waits. */
  get ready(): boolean {
    return this.#queue.length > 0;
  }

  /** Takes what waits, without waiting itself. */
  take(): Envelope {
    return this.#queue.take();
  }

  /** For the bus. */
  deliver(message: Message): void {
    this.#queue.push(message);
    this.#change.fire(undefined);
  }

  /** Ends it; what was not taken is gone. Closing twice is fine. */
  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      closed(this);
      this.#onClose();
      this.#change.fire(undefined);
      this.#change.dispose();
    }
  }
}
