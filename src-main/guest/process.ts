import { readSync, writeSync } from 'node:fs';
import { createRealm } from './create-realm.ts';
import { serveWire } from './serve-wire.ts';
import { enableWasmFeatures } from './wasm-features.ts';
import { REQUEST, RESPONSE, SIZE_BYTES, wireMessage } from './wire.ts';

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
  send(wireMessage(REQUEST, frame));
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

function send(message: Uint8Array): void {
  let at = 0;
  while (at < message.byteLength) {
    at += writeSync(OUTPUT, message, at);
  }
}

main();
