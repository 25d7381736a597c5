/**
 * Messages between the application and a transpiler's process, over its two standard pipes or a port: the size of a head (u32,
 * little-endian), the head as JSON, and the parts whose sizes it says, one after the other.
 */
export const HEAD_SIZE_BYTES = 4;

/** What it is asked; the component follows. */
export interface TranspileRequestHead {
  readonly imports: readonly string[];
  readonly bytes: number;
}

/** What it answers; the script and the modules follow. */
export type TranspileReplyHead =
  | {
      readonly ok: true;
      readonly imports: readonly string[];
      readonly exports: readonly string[];
      readonly scriptBytes: number;
      readonly modules: readonly { readonly name: string; readonly bytes: number }[];
    }
  | { readonly ok: false; readonly message: string };

const encoder = new TextEncoder();

/** One message as bytes. */
export function transpileMessage(
  head: TranspileRequestHead | TranspileReplyHead,
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify(head));
  const size = new Uint8Array(HEAD_SIZE_BYTES);
  new DataView(size.buffer).setUint32(0, json.byteLength, true);
  const all = [size, json, ...parts];
  const message = new Uint8Array(all.reduce((total, { byteLength }) => total + byteLength, 0));
  let at = 0;
  for (const part of all) {
    message.set(part, at);
    at += part.byteLength;
  }
  return message;
}
