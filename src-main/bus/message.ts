/** One message on its way. */
export interface Message {
  readonly topic: string;
  /** JSON text. */
  readonly payload: string;
  /** UUID of the publishing capsule; all zeros for the host. */
  readonly sourceId: string;
  /** For whom the host vouches; null: from the host itself, for nobody. */
  readonly principal: string | null;
  /** Counts the messages of one bus, from 1. */
  readonly sequence: number;
}

/** What a message takes of a queue's budget: payload and topic in UTF-8 bytes. */
export function sizeOf({ topic, payload }: Message): number {
  return Buffer.byteLength(topic) + Buffer.byteLength(payload);
}
