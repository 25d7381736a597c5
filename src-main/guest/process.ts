import { readSync, writevSync } from 'node:fs';
import { createRealm } from './create-realm.ts';
import { serveWire } from './serve-wire.ts';
import { enableWasmFeatures } from './wasm-features.ts';
import { REQUEST, RESPONSE, SIZE_BYTES, wireHead } from './wire.ts';

const INPUT = 0;
const OUTPUT = 1;

/** The entry of a guest's process: loads the component in its realm, serves calls until the application closes the pipe. */
function main(): void {
  enableWasmFeatures();
  const handle = serveWire({ send, exchange, create: createRealm });
  for (;;) {
    const { kind, body } = receive();
    handle(kind, body);
  }
}

/** Asks the application and waits: nothing else comes before the answer. */
function exchange(frame: Uint8Array<ArrayBuffer>): Uint8Array {
  send(REQUEST, frame);
  const { kind, body } = receive();
  if (kind !== RESPONSE) {
    throw new Error('The host sent something else than a response.');
  }
  return body;
}

function receive(): { readonly kind: number; readonly body: Buffer } {
  const message = readWhole(readWhole(SIZE_BYTES).readUInt32LE(0));
  return { kind: message.readUInt8(0), body: message.subarray(1) };
}

function readWhole(length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  while (at < length) {
    const read = readSync(INPUT, bytes, at, length - at, null);
    if (read === 0) {
      // The application has ended, or wants no more of this one.
      process.exit();
    }
    at += read;
  }
  return bytes;
}

/** Without putting the parts together first. */
function send(kind: number, ...parts: readonly Uint8Array[]): void {
  let left = [wireHead(kind, parts), ...parts];
  while (left.length > 0) {
    left = behind(left, writevSync(OUTPUT, left));
  }
}

/** What is left of the parts when so many bytes have been written. */
function behind(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return parts.flatMap((part) => {
    const rest = part.subarray(Math.min(skip, part.byteLength));
    skip -= part.byteLength - rest.byteLength;
    return rest.byteLength === 0 ? [] : [rest];
  });
}

main();
