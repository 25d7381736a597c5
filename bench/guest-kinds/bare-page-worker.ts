import { COMMAND_BYTES } from './bare.ts';

/** What the page, which is the guests' own, gives its worker; see `src-main/guest/page/`. */
interface Given {
  readonly port: MessagePort;
  readonly shared: SharedArrayBuffer;
}

/** Of the words that the page writes: how many parts of answers have come.. */
const PUT = 0;
const TAKEN = 1;
/** The look that guests take as well before they sleep. */
const SPINS = 3_000;

// A worker of a guest's page with nothing of a guest in it.
addEventListener('message', ({ data }: MessageEvent<Given>) => start(data), { once: true });

function start({ port, shared }: Given): void {
  const words = new Int32Array(shared, 0, 3);
  port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!(data instanceof Uint8Array)) {
      port.postMessage(performance.now());
    } else if (data.byteLength === COMMAND_BYTES) {
      const command = new DataView(data.buffer, data.byteOffset);
      ask(port, words, command.getUint32(0, true), command.getUint32(4, true));
    } else {
      port.postMessage(new Uint8Array(1));
    }
  });
  port.start();
  port.postMessage(performance.now());
}

function ask(port: MessagePort, words: Int32Array<SharedArrayBuffer>, count: number, bytes: number): void {
  const request = new Uint8Array(bytes);
  for (let sent = 0; sent < count; sent += 1) {
    const before = Atomics.load(words, PUT);
    port.postMessage(request);
    for (let spin = 0; spin < SPINS && Atomics.load(words, PUT) === before;) {
      spin += 1;
    }
    while (Atomics.load(words, PUT) === before) {
      Atomics.wait(words, PUT, before);
    }
    Atomics.add(words, TAKEN, 1);
  }
}
