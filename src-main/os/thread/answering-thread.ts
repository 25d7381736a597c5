import { Worker } from 'node:worker_threads';
import { deferred, type Deferred } from '../../base/deferred.ts';
import { notStarted, requireDescriptors } from '../tool/run-tool.ts';

/** What travels to and from a thread; an answer has the number of its request. */
interface Numbered {
  readonly id: number;
}

export interface AnsweringThreadOptions<Reply> {
  /** The built file of the thread. */
  readonly file: string;
  /** Takes a message that answers nothing, and says so with true. */
  readonly takesEvent?: (message: Reply) => boolean;
  /** True while the thread has more to tell than answers. Whoever changes that calls `settle`. */
  readonly hasMore?: () => boolean;
  /** It has ended without being told to. */
  readonly onLost?: () => void;
}

/**
 * A thread that answers requests. It is started when it is needed, and again after it was lost; it keeps the application alive
 * as long as somebody waits for it, and no longer.
 */
export class AnsweringThread<Request extends Numbered, Reply extends Numbered> {
  readonly #options: AnsweringThreadOptions<Reply>;
  readonly #asked = new Map<number, Deferred<Reply>>();
  #thread: Worker | undefined;
  #lastId = 0;
  #disposed = false;

  constructor(options: AnsweringThreadOptions<Reply>) {
    this.#options = options;
  }

  /** For the next request. */
  newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /**
   * Requests are handled in the order in which they are made, and the message is on its way when this returns.
   *
   * @throws OsError `spawn-failed` when the thread cannot be started or is lost before it has answered
   */
  async ask(request: Request): Promise<Reply> {
    this.#thread ??= this.#begin();
    const answer = deferred<Reply>();
    this.#asked.set(request.id, answer);
    this.#thread.postMessage(request);
    this.settle();
    return answer.promise;
  }

  /** Sends what is not answered; nothing when there is no thread. */
  tell(request: Request): void {
    this.#thread?.postMessage(request);
  }

  /** Lets the application end, or not, by whether anything is waited for. */
  settle(): void {
    if (!this.#isIdle()) {
      this.#thread?.ref();
      return;
    }
    this.#thread?.unref();
    if (this.#disposed) {
      void this.#leave();
    }
  }

  /** Ends the thread, at once or with the last that it has to tell: that is not waited for. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#leave();
  }

  /** Ends the thread at once; what it has not answered yet is rejected as lost. */
  async cut(): Promise<void> {
    this.#disposed = true;
    await this.#thread?.terminate();
  }

  #begin(): Worker {
    requireDescriptors();
    const thread = new Worker(this.#options.file, { execArgv: [], env: {}, stdout: true, stderr: true });
    const lost = (cause?: unknown): void => {
      if (this.#thread === thread) {
        this.#thread = undefined;
        const error = notStarted(cause);
        this.#asked.forEach((answer) => answer.reject(error));
        this.#asked.clear();
        this.#options.onLost?.();
      }
    };
    thread.on('message', (reply: Reply) => this.#hear(reply));
    thread.on('error', lost);
    thread.on('exit', () => lost());
    return thread;
  }

  #hear(reply: Reply): void {
    if (this.#options.takesEvent?.(reply) !== true) {
      this.#asked.get(reply.id)?.resolve(reply);
      this.#asked.delete(reply.id);
    }
    this.settle();
  }

  async #leave(): Promise<void> {
    if (this.#isIdle()) {
      const thread = this.#thread;
      this.#thread = undefined;
      await thread?.terminate();
    }
  }

  #isIdle(): boolean {
    return this.#asked.size === 0 && this.#options.hasMore?.() !== true;
  }
}
