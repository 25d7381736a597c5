import { Buffer } from 'node:buffer';
import { MAX_FRAME_BYTES } from '../../bridge/codec/limits.ts';
import type { GuestMessage } from '../../guest/protocol.ts';
import {
  OUTCOME_HEAD_BYTES,
  REFUSED,
  REQUEST,
  RETURNED,
  SIZE_BYTES,
  STARTED,
  TRAPPED,
} from '../../guest/wire.ts';
import { MAX_GUEST_TEXT_BYTES } from '../limits.ts';
import { Pieces } from '../pieces.ts';

/** What comes out of the bytes of a guest's process. */
export interface InboxHandlers {
  readonly onMessage: (message: GuestMessage) => void;
  readonly onRequest: (frame: Uint8Array<ArrayBuffer>) => void;
  /** Once: it sent what no guest of ours sends. Nothing comes afterwards. */
  readonly onViolation: (why: string) => void;
}

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Takes the messages of a guest's process apart, of which a component may have taken possession: each must be whole, known,
 * of a size that is allowed, and in its turn. Memory is taken for what has come, not for what is announced.
 */
export class GuestInbox {
  readonly #handlers: InboxHandlers;
  readonly #pieces = new Pieces();
  #held = 0;
  #violated = false;
  #starting = true;
  /** The call that is under way; null when there is none. */
  #call: number | null = null;
  #asked = false;

  constructor(handlers: InboxHandlers) {
    this.#handlers = handlers;
  }

  /** The application has sent this call. */
  called(id: number): void {
    this.#call = id;
  }

  /** The application answers the request that is open. */
  answered(): void {
    this.#asked = false;
  }

  /** @param bytes the caller's again afterwards */
  accept(bytes: Uint8Array): void {
    if (this.#violated) {
      return;
    }
    this.#pieces.add(bytes);
    this.#held += bytes.byteLength;
    for (let size = this.#nextSize(); size !== null; size = this.#nextSize()) {
      if (size === 0 || size > 1 + OUTCOME_HEAD_BYTES + MAX_FRAME_BYTES) {
        this.#violate(`a message of ${String(size)} bytes`);
        return;
      }
      if (this.#held < SIZE_BYTES + size) {
        return;
      }
      this.#take(SIZE_BYTES);
      const message = this.#take(size);
      // No copy: what has been taken is written by nobody any more.
      this.#handle(message.readUInt8(0), plainView(message, 1));
      if (this.#violated) {
        return;
      }
    }
  }

  #nextSize(): number | null {
    if (this.#held < SIZE_BYTES) {
      return null;
    }
    if ((this.#pieces.chunks[0]?.byteLength ?? 0) < SIZE_BYTES) {
      this.#pieces.chunks = [Buffer.concat(this.#pieces.chunks)];
    }
    return this.#pieces.chunks[0]?.readUInt32LE(0) ?? null;
  }

  #take(length: number): Buffer {
    const [first] = this.#pieces.chunks;
    const whole =
      first !== undefined && first.byteLength >= length ? first : Buffer.concat(this.#pieces.chunks);
    this.#pieces.chunks = whole === first ? this.#pieces.chunks.slice(1) : [];
    if (whole.byteLength > length) {
      this.#pieces.chunks.unshift(whole.subarray(length));
    }
    this.#held -= length;
    return whole.subarray(0, length);
  }

  #handle(kind: number, body: Uint8Array<ArrayBuffer>): void {
    if (this.#asked) {
      this.#violate('a message while it waits for a response');
    } else if (kind === REQUEST && (this.#starting || this.#call !== null)) {
      this.#asked = true;
      this.#handlers.onRequest(body);
    } else if (kind === STARTED && this.#starting && body.byteLength === 0) {
      this.#starting = false;
      this.#handlers.onMessage({ kind: 'started' });
    } else if (kind === REFUSED && this.#starting) {
      this.#starting = false;
      this.#withText(body, (message) => this.#handlers.onMessage({ kind: 'refused', message }));
    } else if ((kind === RETURNED || kind === TRAPPED) && this.#call !== null) {
      this.#outcome(kind, body, this.#call);
    } else {
      this.#violate(`a message of kind ${String(kind)} out of turn`);
    }
  }

  #outcome(kind: typeof RETURNED | typeof TRAPPED, body: Uint8Array<ArrayBuffer>, id: number): void {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    if (body.byteLength < OUTCOME_HEAD_BYTES || view.getUint32(0, true) !== id) {
      this.#violate('the outcome of another call');
      return;
    }
    const memoryBytes = view.getFloat64(4, true);
    if (!Number.isSafeInteger(memoryBytes) || memoryBytes < 0) {
      this.#violate('a size that is none');
      return;
    }
    const rest = body.subarray(OUTCOME_HEAD_BYTES);
    this.#call = null;
    if (kind === RETURNED) {
      this.#handlers.onMessage({ kind: 'returned', id, frame: rest, memoryBytes });
    } else {
      this.#withText(rest, (message) =>
        this.#handlers.onMessage({ kind: 'trapped', id, message, memoryBytes }),
      );
    }
  }

  #withText(bytes: Uint8Array, then: (message: string) => void): void {
    if (bytes.byteLength > MAX_GUEST_TEXT_BYTES) {
      this.#violate('a text that is too long');
      return;
    }
    let message: string;
    try {
      message = text.decode(bytes);
    } catch {
      this.#violate('a text that is not UTF-8');
      return;
    }
    then(message);
  }

  #violate(why: string): void {
    this.#violated = true;
    this.#pieces.chunks = [];
    this.#handlers.onViolation(why);
  }
}

/** What is behind `from`, as an array whose `slice` copies. */
function plainView({ buffer, byteOffset, byteLength }: Buffer, from: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset + from, byteLength - from);
}
