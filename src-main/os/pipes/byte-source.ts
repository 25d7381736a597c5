import { closeSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { ConnectOpts, SocketConstructorOpts } from 'node:net';
import { deferred } from '../../base/deferred.ts';
import { LINGER_TURNS, READ_CHUNK_BYTES } from '../limits.ts';

/** Where bytes go and how many may come. */
export interface ByteTarget {
  /** Takes the bytes at once: the view is into a buffer that the next read overwrites. */
  readonly accept: (bytes: Uint8Array) => void;
  /** How many bytes `accept` can take now; 0 pauses the source. */
  readonly room: () => number;
  /** The first read after a pause is at most this long, and `resume` waits until there is room for it. At least 1. */
  readonly resumeRoom: number;
}

/** One output stream of a child. */
export interface ByteSource {
  /** Begins reading; once. Nothing that the child wrote before is lost. */
  readonly start: (target: ByteTarget) => void;
  /** Reads on when the target has room again; harmless at any time. */
  readonly resume: () => void;
  readonly paused: boolean;
  /** Resolves at the end of the stream, or after `close`. Never rejects: a read error is an end. */
  readonly ended: Promise<void>;
  /** Gives the descriptor back; bytes still in the pipe are gone. */
  readonly close: () => void;
}

/**
 * One buffer for all reads of this thread: a read and its `accept` are one uninterrupted step.
 * Reading straight into the ring instead of copying measured 3 % faster at best, and ties the ring to libuv's timing.
 */
const shared = Buffer.allocUnsafeSlow(READ_CHUNK_BYTES);

/** Reads a pipe through libuv into one static buffer. Owns `fd`, which must be non-blocking. */
export class PipeSource implements ByteSource {
  readonly #end = deferred<void>();
  readonly #fd: number;
  #socket: Socket | undefined;
  #target: ByteTarget | undefined;
  #closed = false;
  #paused = false;
  #turnsLeft = 0;
  #peeked: Uint8Array = new Uint8Array();

  constructor(fd: number) {
    this.#fd = fd;
  }

  get ended(): Promise<void> {
    return this.#end.promise;
  }

  get paused(): boolean {
    return this.#paused;
  }

  start(target: ByteTarget): void {
    if (this.#closed || this.#socket !== undefined) {
      return;
    }
    this.#target = target;
    if (this.#peeked.length > 0) {
      target.accept(this.#peeked);
    }
    this.#paused = target.room() === 0;
    // `onread` is typed for `connect` only; the constructor is what takes it.
    const options: SocketConstructorOpts & Pick<ConnectOpts, 'onread'> = {
      fd: this.#fd,
      readable: true,
      writable: false,
      onread: {
        buffer: () => this.#nextBuffer(target),
        callback: (count, buffer) => {
          target.accept(count === buffer.length ? buffer : buffer.subarray(0, count));
          this.#paused = target.room() === 0;
          if (count === shared.length) {
            this.#linger();
          }
          return !this.#paused;
        },
      },
    };
    const socket = new Socket(options);
    this.#socket = socket;
    // A pipe fails only when its descriptor was taken away; for the reader that is the end.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#paused = false;
      this.#end.resolve();
    });
    if (this.#paused) {
      socket.pause();
    } else {
      socket.resume();
    }
  }

  resume(): void {
    const target = this.#target;
    if (this.#paused && target !== undefined && target.room() >= target.resumeRoom) {
      this.#paused = false;
      this.#socket?.resume();
    }
  }

  close(): void {
    if (this.#socket !== undefined) {
      this.#socket.destroy();
    } else if (!this.#closed) {
      closeSync(this.#fd);
      this.#end.resolve();
    }
    this.#closed = true;
  }

  /** What a child that has ended left in the pipe; before `start` only, which then gives it out first. At most `max` bytes. */
  peek(max: number): Uint8Array {
    const bytes = Buffer.alloc(max);
    try {
      this.#peeked = bytes.subarray(0, readSync(this.#fd, bytes));
    } catch {
      // EAGAIN: nothing there and somebody still holds the other end.
    }
    return this.#peeked;
  }

  /**
   * After a full read the program is probably about to fill the pipe again: the event loop turns a few more times (each turn
   * looks at every descriptor) before it sleeps. Waking it costs more than that, and the program would wait meanwhile.
   */
  #linger(): void {
    const idle = this.#turnsLeft === 0;
    this.#turnsLeft = LINGER_TURNS;
    if (idle) {
      setImmediate(() => this.#turn());
    }
  }

  #turn(): void {
    this.#turnsLeft = this.#closed || this.#paused ? 0 : this.#turnsLeft - 1;
    if (this.#turnsLeft > 0) {
      setImmediate(() => this.#turn());
    }
  }

  /** Node asks after each read, also after one that paused; what it gets then serves the first read after `resume`. */
  #nextBuffer(target: ByteTarget): Uint8Array {
    const length = this.#paused ? target.resumeRoom : target.room();
    return length >= shared.length ? shared : shared.subarray(0, length);
  }
}
