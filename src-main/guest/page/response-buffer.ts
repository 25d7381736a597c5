/**
 * How a response reaches a worker that waits for it: the page's own thread copies it into memory that both share and wakes the
 * worker, in parts where it is larger than that. Two 32-bit words count the parts that were put and that were taken, one has
 * the size of the whole; a worker has one request open at a time.
 */
const PUT = 0;
const TAKEN = 1;
const SIZE = 2;
const PART_OFFSET = 16;
/** A part: nearly all responses are smaller, and one of a megabyte takes 16 wakes of some 50 µs. */
const PART_BYTES = 64 * 1024;

/** Looks at the counter before the worker sleeps: spares 20 to 60 µs where the answer comes that soon. */
const SPINS = 3_000;

export function createResponseBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(PART_OFFSET + PART_BYTES);
}

/** The page's end. Resolves when the last part has been put; responses come one after the other. */
export function createResponseWriter(shared: SharedArrayBuffer): (response: Uint8Array) => Promise<void> {
  const words = new Int32Array(shared, 0, 3);
  const part = new Uint8Array(shared, PART_OFFSET);
  return async (response) => {
    Atomics.store(words, SIZE, response.byteLength);
    let at = 0;
    do {
      part.set(response.subarray(at, at + PART_BYTES));
      at += PART_BYTES;
      const taken = Atomics.load(words, TAKEN);
      Atomics.add(words, PUT, 1);
      Atomics.notify(words, PUT);
      if (at < response.byteLength) {
        // The page's thread may not sleep.
        await Atomics.waitAsync(words, TAKEN, taken).value;
      }
    } while (at < response.byteLength);
  };
}

/** The worker's end: sleeps until the response to its request is there. */
export function createResponseReader(shared: SharedArrayBuffer): () => Uint8Array<ArrayBuffer> {
  const words = new Int32Array(shared, 0, 3);
  const part = new Uint8Array(shared, PART_OFFSET);
  let parts = 0;

  const awaitPart = (): void => {
    for (let spin = 0; spin < SPINS && Atomics.load(words, PUT) === parts;) {
      spin += 1;
    }
    while (Atomics.load(words, PUT) === parts) {
      Atomics.wait(words, PUT, parts);
    }
    parts = Atomics.load(words, PUT);
  };

  return () => {
    awaitPart();
    const response = new Uint8Array(Atomics.load(words, SIZE));
    for (let at = 0; ; awaitPart()) {
      const size = Math.min(PART_BYTES, response.byteLength - at);
      response.set(part.subarray(0, size), at);
      at += size;
      Atomics.add(words, TAKEN, 1);
      Atomics.notify(words, TAKEN);
      if (at >= response.byteLength) {
        return response;
      }
    }
  };
}
