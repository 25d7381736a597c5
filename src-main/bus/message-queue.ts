import { Fifo } from './fifo.ts';
import { MAX_MESSAGES_PER_RECEIVE, MAX_QUEUE_BYTES, MAX_QUEUED_PER_PRINCIPAL } from './limits.ts';
import { sizeOf, type Message } from './message.ts';

/** Limits of one queue; tests lower them. */
export interface QueueLimits {
  readonly bytes: number;
  readonly perPrincipal: number;
  readonly perReceive: number;
}

const CONTRACT_LIMITS: QueueLimits = {
  bytes: MAX_QUEUE_BYTES,
  perPrincipal: MAX_QUEUED_PER_PRINCIPAL,
  perReceive: MAX_MESSAGES_PER_RECEIVE,
};

/** What one receive takes, with what was lost since the one before. */
export interface Envelope {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** Lost because their bytes did not fit. */
  readonly dropped: number;
  /** Lost because too many of one principal waited. */
  readonly lagged: number;
}

interface Entry {
  readonly message: Message;
  readonly size: number;
}

/**
 * What one receiver has not taken yet: a queue per principal, so that nobody's flood keeps another's messages
 * from being received. Every message that was put in comes out once or is counted as lost once.
 */
export class MessageQueue {
  readonly #limits: QueueLimits;
  /** In the order in which they are served next; none is empty. */
  readonly #queues = new Map<string | null, Fifo<Entry>>();
  #length = 0;
  #bytes = 0;
  #dropped = 0;
  #lagged = 0;

  constructor(limits: Partial<QueueLimits> = {}) {
    this.#limits = { ...CONTRACT_LIMITS, ...limits };
  }

  get length(): number {
    return this.#length;
  }

  /** Of what waits. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: Message): void {
    const size = sizeOf(message);
    if (size > this.#limits.bytes) {
      // Making room for it would empty the queue in vain.
      this.#dropped += 1;
      return;
    }
    const queue = this.#queues.get(message.principal) ?? new Fifo<Entry>();
    queue.push({ message, size });
    this.#queues.set(message.principal, queue);
    this.#length += 1;
    this.#bytes += size;
    if (queue.length > this.#limits.perPrincipal) {
      this.#shift(message.principal, queue);
      this.#lagged += 1;
    }
    while (this.#bytes > this.#limits.bytes) {
      this.#dropOldest();
    }
  }

  /** Takes one message of each principal in turn, up to a bound. */
  take(): Envelope {
    const messages: Message[] = [];
    while (messages.length < this.#limits.perReceive) {
      const next = this.#takeNext();
      if (next === undefined) {
        break;
      }
      messages.push(next);
    }
    messages.sort((a, b) => a.sequence - b.sequence);
    const envelope = { messages, dropped: this.#dropped, lagged: this.#lagged };
    this.#dropped = 0;
    this.#lagged = 0;
    return envelope;
  }

  #takeNext(): Message | undefined {
    const next = this.#queues.entries().next();
    if (next.done === true) {
      return undefined;
    }
    const [principal, queue] = next.value;
    const entry = this.#shift(principal, queue);
    if (this.#queues.delete(principal)) {
      // To the end of the line.
      this.#queues.set(principal, queue);
    }
    return entry?.message;
  }

  /** The oldest of all is the head of one of the queues. */
  #dropOldest(): void {
    let oldest: { principal: string | null; queue: Fifo<Entry>; sequence: number } | undefined;
    for (const [principal, queue] of this.#queues) {
      const sequence = queue.first?.message.sequence ?? Infinity;
      if (oldest === undefined || sequence < oldest.sequence) {
        oldest = { principal, queue, sequence };
      }
    }
    if (oldest !== undefined) {
      this.#shift(oldest.principal, oldest.queue);
      this.#dropped += 1;
    }
  }

  #shift(principal: string | null, queue: Fifo<Entry>): Entry | undefined {
    const entry = queue.shift();
    if (entry !== undefined) {
      this.#length -= 1;
      this.#bytes -= entry.size;
    }
    if (queue.length === 0) {
      this.#queues.delete(principal);
    }
    return entry;
  }
}
