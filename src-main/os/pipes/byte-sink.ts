import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { PipeEnds } from './pipe-pool.ts';
import { REOPEN_MAX_MS, REOPEN_MIN_MS, WRITE_PIECE_BYTES } from '../limits.ts';
import { OsError } from '../os-error.ts';

/** The standard input of a child. */
export interface ByteSink {
  /** False once `end` was called or the child closed its side. */
  readonly open: boolean;
  /**
   * Resolves when the kernel has taken every byte; waits as long as the child does not read. Writes keep their order.
   * `bytes` must not be changed until then. Rejects with `OsError` `closed` when the other side is or goes away, and with
   * the signal's reason when that aborts: what the pipe has not taken by then stays out of it, but for one piece
   * (`WRITE_PIECE_BYTES`) that may be under way.
   */
  readonly write: (bytes: Uint8Array, signal?: AbortSignal) => Promise<void>;
  /** No more bytes; what was written before still arrives, then the child sees the end. */
  readonly end: () => void;
  /** Closes at once; writes under way reject. */
  readonly close: () => void;
}

/** Writes a pipe through libuv with honest back-pressure. Owns `ours` and `name`; must be closed when the child has ended. */
export class PipeSink implements ByteSink {
  readonly #socket: Socket;
  #name: number | null;
  #timer: NodeJS.Timeout | undefined;
  #open = true;
  #closed = false;
  /** Resolves when the writes before are done, whatever came of them. */
  #last: Promise<void> = Promise.resolve();

  constructor({ ours: fd, name }: Pick<PipeEnds, 'ours' | 'name'>) {
    this.#name = name;
    this.#socket = new Socket({ fd, readable: false, writable: true });
    // The write that hit the error rejects by its own callback; nobody else needs to hear of it.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#open = false;
      this.#keepOpenable(REOPEN_MIN_MS);
    });
  }

  get open(): boolean {
    return this.#open;
  }

  write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (!this.#open) {
      return Promise.reject(closedError());
    }
    const writing = this.#last.then(() => this.#writePieces(bytes, signal));
    this.#last = writing.catch(() => undefined);
    return writing;
  }

  end(): void {
    this.#open = false;
    void this.#last.then(() => this.#socket.end());
  }

  close(): void {
    this.#open = false;
    this.#closed = true;
    this.#socket.destroy();
    clearTimeout(this.#timer);
    if (this.#name !== null) {
      closeSync(this.#name);
      this.#name = null;
    }
  }

  /** What was handed to the socket cannot be taken back, so it gets no more than one piece at a time. */
  async #writePieces(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    for (let at = 0; at < bytes.length; at += WRITE_PIECE_BYTES) {
      signal?.throwIfAborted();
      await this.#writePiece(bytes.subarray(at, at + WRITE_PIECE_BYTES));
    }
  }

  #writePiece(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        // Node reports a write that destroying the socket cut off as done.
        if (this.#closed || (error !== null && error !== undefined)) {
          this.#open = false;
          reject(closedError(error));
        } else {
          resolve();
        }
      });
    });
  }

  /**
   * A program that opens `/dev/stdin` after we closed our side would wait for a writer for ever; of an anonymous pipe it
   * would read the rest and the end. So until the child has ended a writer looks in now and then, for a moment;
   * nobody who is reading notices.
   */
  #keepOpenable(pause: number): void {
    const name = this.#name;
    if (name === null) {
      return;
    }
    try {
      closeSync(openSync(`/proc/self/fd/${String(name)}`, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // ENXIO: nobody has it open for reading at this moment.
    }
    this.#timer = setTimeout(() => this.#keepOpenable(Math.min(pause * 2, REOPEN_MAX_MS)), pause).unref();
  }
}

function closedError(cause?: unknown): OsError {
  const message = 'stdin is closed.';
  return new OsError('closed', message, 'Start a process that reads its stdin.', { cause });
}
