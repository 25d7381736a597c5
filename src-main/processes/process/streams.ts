import { Emitter } from '../../base/emitter.ts';
import type { LogStream } from '../../contract/views.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import { VIEW_REFRESH_MS } from '../limits.ts';
import { drainPipes } from '../output/drain-pipes.ts';
import type { LogRingOptions } from '../output/log-ring.ts';
import { isReadable, ProcessOutput } from '../output/process-output.ts';
import { Pulse } from './pulse.ts';

/** Both output streams of one process, and who hears that they grow. */
export class ProcessStreams {
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
  readonly #output = new Emitter<LogStream>();
  readonly #growth: Pulse;
  readonly #all: readonly ProcessOutput[];
  #closed = false;

  /** @param onGrowth growing output, at most once a second */
  constructor(ring: LogRingOptions, onGrowth: () => void) {
    this.stdout = new ProcessOutput(ring, () => this.#grew('stdout'));
    this.stderr = new ProcessOutput(ring, () => this.#grew('stderr'));
    this.#all = [this.stdout, this.stderr];
    this.#growth = new Pulse(onGrowth, VIEW_REFRESH_MS);
  }

  /** Which stream has more bytes or has ended; fires for every chunk. */
  get onOutput(): Emitter<LogStream>['event'] {
    return this.#output.event;
  }

  /** True when a shared drain cursor has bytes before it, or both streams have ended. */
  get readable(): boolean {
    return isReadable(this.#all);
  }

  /** What they hold in memory. */
  get retainedBytes(): number {
    return this.#all.reduce((sum, { view }) => sum + view.retained, 0);
  }

  /** Begins to read. */
  attach({ stdout, stderr }: Pick<SandboxedChild, LogStream>): void {
    this.stdout.attach(stdout);
    this.stderr.attach(stderr);
  }

  /** Takes in what the pipes of an ended program still hold. */
  drain(): Promise<void> {
    return drainPipes(this.#all);
  }

  /** No more bytes come; what is retained stays readable. */
  close(): void {
    this.#closed = true;
    this.#all.forEach((stream) => stream.close());
    this.#growth.stop();
  }

  /** Gives up what is retained, as if newer output had taken its place. Only once they are closed. */
  discard(): void {
    this.#all.forEach((stream) => stream.discard());
  }

  #grew(stream: LogStream): void {
    this.#output.fire(stream);
    if (!this.#closed) {
      this.#growth.beat();
    }
  }
}
