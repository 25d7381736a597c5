import { readSync, writeSync } from 'node:fs';
import { COMMAND_BYTES } from './bare.ts';

const INPUT = 0;
const OUTPUT = 1;
const SIZE_BYTES = 4;

// A guest's process with nothing of a guest in it: each message has its size (u32) before it, reads and writes block.
for (;;) {
  const message = receive();
  if (message.byteLength === COMMAND_BYTES) {
    ask(message.readUInt32LE(0), message.readUInt32LE(4));
  } else {
    send(new Uint8Array(1));
  }
}

function ask(count: number, bytes: number): void {
  const request = new Uint8Array(bytes);
  for (let sent = 0; sent < count; sent += 1) {
    send(request);
    receive();
  }
}

function send(body: Uint8Array): void {
  const message = Buffer.allocUnsafe(SIZE_BYTES + body.byteLength);
  message.writeUInt32LE(body.byteLength, 0);
  message.set(body, SIZE_BYTES);
  for (let at = 0; at < message.byteLength;) {
    at += writeSync(OUTPUT, message, at);
  }
}

function receive(): Buffer {
  return readWhole(readWhole(SIZE_BYTES).readUInt32LE(0));
}

function readWhole(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const read = readSync(INPUT, bytes, at, length - at, null);
    if (read === 0) {
      process.exit();
    }
    at += read;
  }
  return bytes;
}
