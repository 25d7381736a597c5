/**
 * Messages between the application and a guest's process, over pipes or ports: a size, a kind, and what belongs to it. The
 * guest's end blocks while it waits for a response.
 *
 * Each begins with the number of bytes behind it (u32, little-endian); the first of them is the kind.
 */
export const SIZE_BYTES = 4;

/** From the application. */
export const START = 1;
export const CALL = 2;
export const RESPONSE = 3;

/** From the guest. */
export const STARTED = 1;
export const REFUSED = 2;
export const RETURNED = 3;
export const TRAPPED = 4;
export const REQUEST = 5;

/** Before the export's name in a call: its id (u32) and the length of the name (u8). The frame follows the name. */
export const CALL_HEAD_BYTES = 5;
/** Before the outcome of a call: its id (u32) and the memory that is taken (f64, whole). */
export const OUTCOME_HEAD_BYTES = 12;

/** The first part of a start, as JSON; the script and the modules follow in this order. */
export interface WireStart {
  readonly imports: readonly string[];
  readonly capabilities: readonly string[];
  readonly monotonicAnchorNs: string;
  readonly scriptBytes: number;
  readonly modules: readonly {
    readonly name: string;
    readonly instances: number;
    readonly memoryBytes: number;
    readonly bytes: number;
  }[];
}

/** What stands before the parts of a message. */
export function wireHead(kind: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(SIZE_BYTES + 1);
  new DataView(head.buffer).setUint32(0, sizeOf(parts), true);
  head[SIZE_BYTES] = kind;
  return head;
}

/** One message as bytes. */
export function wireMessage(kind: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(SIZE_BYTES + sizeOf(parts));
  let at = 0;
  for (const part of [wireHead(kind, parts), ...parts]) {
    message.set(part, at);
    at += part.byteLength;
  }
  return message;
}

/** With the kind. */
function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, { byteLength }) => total + byteLength, 1);
}
