import type { ByteSink } from '../../os/pipes/byte-sink.ts';
import { OsError } from '../../os/os-error.ts';
import { MAX_WRITE_BYTES } from '../limits.ts';
import { ProcessError } from '../process-error.ts';
import type { ProcessPlan } from './spec.ts';

/** The input of one process: the bytes given at the start, then what its owner writes. */
export class ProcessInput {
  #sink: ByteSink | null = null;

  get open(): boolean {
    return this.#sink?.open === true;
  }

  /** Begins with the bytes of the plan; ends the input behind them unless it is kept open. Waits for nothing. */
  attach(sink: ByteSink | null, { initialStdin, keepStdinOpen }: ProcessPlan): void {
    this.#sink = sink;
    if (initialStdin !== null) {
      // A program that does not want its input closes it; that is no error of the start.
      sink?.write(initialStdin).catch(() => undefined);
    }
    if (!keepStdinOpen) {
      sink?.end();
    }
  }

  /**
   * Resolves with the number of bytes when all are taken. Throws `ProcessError` `too-large`, `OsError` `closed`, and the
   * signal's reason when that aborts: the program then gets the beginning of `bytes`, as far as it was taken.
   */
  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<number> {
    if (bytes.length > MAX_WRITE_BYTES) {
      throw new ProcessError(
        'too-large',
        `A single write is limited to ${String(MAX_WRITE_BYTES)} bytes.`,
        'Split the data into several writes.',
      );
    }
    if (this.#sink === null) {
      throw new OsError('closed', 'stdin is closed.', 'Start the process with keep-stdin-open.');
    }
    await this.#sink.write(bytes, signal);
    return bytes.length;
  }

  end(): void {
    this.#sink?.end();
  }
}
