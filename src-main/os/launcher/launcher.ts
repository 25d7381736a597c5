import { deferred, type Deferred } from '../../base/deferred.ts';
import { OsError } from '../os-error.ts';
import { SIGKILL } from '../proc/signals.ts';
import { AnsweringThread } from '../thread/answering-thread.ts';
import type { HostTool } from '../tool/host-tool.ts';
import { notStarted, type ToolResult } from '../tool/run-tool.ts';
import type { LauncherReply, LauncherRequest, RunRequest, StartRequest } from './protocol.ts';

/** A program that the launcher started. */
export interface Launched {
  readonly pid: number;
  /** Resolves when it was reaped. Never rejects. */
  readonly exited: Promise<LaunchedExit>;
  /** True from the moment on in which it was reaped, also while `exited` is on its way: its pid may be somebody else's. */
  readonly reaped: () => boolean;
  /** The same for another thread: one element, shared, 1 from that moment on. */
  readonly reapedFlag: Int32Array;
  /** KILL, sent by the thread that reaps it, so that it never reaches another process. */
  readonly kill: () => void;
}

export interface LaunchedExit {
  readonly signal: number | null;
}

/**
 * Starts programs from a thread of its own. To start one, Node forks the whole application and waits for the new process to
 * execute the program, 10 to 50 ms on a busy machine, in which the thread that asked does nothing else.
 *
 * What it started ends with the thread (`--die-with-parent` is bound to the thread that forked, not to the process), so the
 * thread lives as long as there is any of it.
 */
export class Launcher {
  readonly #thread: AnsweringThread<LauncherRequest, LauncherReply>;
  readonly #running = new Map<number, Running>();

  /** @param file the built `launcher-thread.ts` */
  constructor(file: string) {
    this.#thread = new AnsweringThread({
      file,
      takesEvent: (reply) => this.#takesExit(reply),
      hasMore: () => this.#running.size > 0,
      onLost: () => this.#lose(),
    });
  }

  /**
   * Starts a program whose command line begins with `argv0`, with these descriptors as 0, 1, 2 and so on and no others, without
   * environment. They are the caller's to close here afterwards.
   *
   * @throws OsError `spawn-failed`
   */
  async start(
    { path }: HostTool,
    args: readonly string[],
    { argv0, descriptors }: Pick<StartRequest, 'argv0' | 'descriptors'>,
  ): Promise<Launched> {
    const id = this.#thread.newId();
    const reaped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const exit = deferred<LaunchedExit>();
    // Before it is asked for: what ends at once is heard of right after its start.
    this.#running.set(id, { reaped, exit });
    try {
      const reply = await this.#thread.ask({ kind: 'start', id, path, args, argv0, descriptors, reaped });
      if (reply.kind !== 'started') {
        throw refusal(reply);
      }
      return {
        pid: reply.pid,
        exited: exit.promise,
        reaped: () => Atomics.load(reaped, 0) === 1,
        reapedFlag: reaped,
        kill: () => this.#thread.tell({ kind: 'kill', id }),
      };
    } catch (error) {
      this.#running.delete(id);
      this.#thread.settle();
      throw error;
    }
  }

  /**
   * Runs a tool of the system to its end, with an empty environment.
   *
   * @throws OsError `spawn-failed` when it could not be started at all
   */
  async run(
    { path }: HostTool,
    args: readonly string[],
    options: Pick<RunRequest, 'cwd'> = {},
  ): Promise<ToolResult> {
    const reply = await this.#thread.ask({
      kind: 'run',
      id: this.#thread.newId(),
      path,
      args,
      ...options,
    });
    if (reply.kind !== 'ran') {
      throw refusal(reply);
    }
    return reply.result;
  }

  /** Ends the thread, at once or with the last program that it started: that is not waited for. */
  dispose(): Promise<void> {
    return this.#thread.dispose();
  }

  #takesExit(reply: LauncherReply): boolean {
    if (reply.kind !== 'exited') {
      return false;
    }
    this.#running.get(reply.id)?.exit.resolve({ signal: reply.signal });
    this.#running.delete(reply.id);
    return true;
  }

  /** What the thread had started has ended with it. */
  #lose(): void {
    this.#running.forEach(({ reaped, exit }) => {
      Atomics.store(reaped, 0, 1);
      exit.resolve({ signal: SIGKILL });
    });
    this.#running.clear();
  }
}

interface Running {
  readonly reaped: Int32Array;
  readonly exit: Deferred<LaunchedExit>;
}

function refusal(reply: LauncherReply): OsError {
  return reply.kind === 'failed'
    ? new OsError('spawn-failed', reply.message, reply.hint)
    : notStarted(undefined);
}
