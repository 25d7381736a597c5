import * as z from 'zod/mini';
import { readJsonRecord } from '../../base/json-record.ts';
import type { PipeSource } from '../pipes/byte-source.ts';

/** Each line has some of these, and more that is of no use here. */
const status = z.object({
  'child-pid': z.optional(z.int().check(z.positive())),
  'exit-code': z.optional(z.int().check(z.nonnegative())),
});

/** What bubblewrap tells on its status pipe: one JSON object per line. */
export class SandboxStatus {
  readonly #source: PipeSource;
  #text = '';
  #initPid: number | null = null;
  #exitStatus: number | null = null;
  #onInit: () => void = () => undefined;

  /** Resolves when the pid of the namespace's init is known, or will never be. */
  readonly announced: Promise<void>;

  constructor(source: PipeSource) {
    this.#source = source;
    this.announced = new Promise((resolve) => {
      this.#onInit = resolve;
    });
    source.start({
      accept: (bytes) => this.#read(Buffer.from(bytes).toString('latin1')),
      room: () => Number.MAX_SAFE_INTEGER,
      resumeRoom: 1,
    });
    void source.ended.then(() => this.#onInit());
  }

  /** Pid 1 of the namespace as this machine counts; not the program. */
  get initPid(): number | null {
    return this.#initPid;
  }

  /** As bubblewrap reports it, 128 + n for a signal; null while running, and for ever when the program never started. */
  get exitStatus(): number | null {
    return this.#exitStatus;
  }

  get ended(): Promise<void> {
    return this.#source.ended;
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const told = readJsonRecord('The status', line, status);
      if (told.ok) {
        this.#initPid ??= told.value['child-pid'] ?? null;
        this.#exitStatus ??= told.value['exit-code'] ?? null;
      }
      // Else a torn line: bubblewrap was killed while writing it.
    }
    if (this.#initPid !== null) {
      this.#onInit();
    }
  }
}
