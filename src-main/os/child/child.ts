import { statSync } from 'node:fs';
import type { ByteSink } from '../pipes/byte-sink.ts';
import type { ByteSource } from '../pipes/byte-source.ts';
import { readChildren, readExecutable, readProcessStat } from '../proc/process-stats.ts';
import type { Launched } from '../launcher/launcher.ts';
import type { SandboxStatus } from './sandbox-status.ts';
import { interpretExit, SIGKILL, SIGNAL_NUMBERS } from '../proc/signals.ts';
import type { ChildExit, SignalName } from '../proc/signals.ts';
import { deliver, signalTree } from '../proc/signal-tree.ts';
import { readTree } from '../proc/tree-usage.ts';
import type { ProcessUsage, TreeSample } from '../proc/tree-usage.ts';

/** A program running in its sandbox. */
export interface SandboxedChild {
  /** Null when the program was started without input; it reads an empty one then. */
  readonly stdin: ByteSink | null;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** Pid of the program on this machine; null when it ended before it could be seen. For showing only. */
  readonly programPid: number | null;
  /**
   * Sends a signal to the program and its descendants, whatever group or session they are in; handlers run and the real exit
   * status comes back. `stop` freezes and `cont` continues them; whether all of them stand still a `look` says. False when
   * the program has ended.
   */
  readonly signal: (name: SignalName) => boolean;
  /** Ends the program and all its descendants at once, also frozen ones. False when it has ended. */
  readonly kill: () => boolean;
  /**
   * Looks at everything that runs in the sandbox; breaks off above `tasks`, and is exact about memory above `memoryBytes`.
   * Null when nothing runs any more. Every look makes `usage` newer.
   */
  readonly look: (limits?: LookLimits) => TreeSample | null;
  /**
   * What the program and all it started had used at the last look; null when there never was one. Nothing newer can be had
   * after the end: bubblewrap exits before it has waited for the namespace's init, so the kernel hands the final figures
   * to nobody here. How much the last look misses is up to who looks (`processes/usage/resource-watch.ts`).
   */
  readonly usage: () => ProcessUsage | null;
  /** True once the program's end is known here; nothing that is sent reaches it any more. */
  readonly ended: boolean;
  /** Resolves once, when every process of the sandbox has ended. Never rejects. The streams may still hold output. */
  readonly exited: Promise<ChildExit>;
}

export interface LookLimits {
  readonly tasks: number;
  readonly memoryBytes: number;
}

const NO_LIMITS: LookLimits = { tasks: Number.MAX_SAFE_INTEGER, memoryBytes: Number.MAX_SAFE_INTEGER };

export interface ChildParts extends Pick<SandboxedChild, 'stdin' | 'stdout' | 'stderr'> {
  /** The outer bubblewrap, this process's own child. */
  readonly outer: Launched;
  readonly status: SandboxStatus;
}

/**
 * Three processes make one child: the outer bubblewrap (ours to reap), the init of the namespace, the program.
 * `--new-session` makes init the leader of a group that holds the program, as long as that begins none of its own; init
 * ignores every signal from outside but KILL and STOP. So a signal to that group is graceful, and KILL to init ends the
 * whole namespace.
 */
export class BubblewrapChild implements SandboxedChild {
  readonly stdin: ByteSink | null;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  readonly exited: Promise<ChildExit>;
  readonly #outer: Launched;
  readonly #status: SandboxStatus;
  readonly #sent = new Set<number>();
  #programPid: number | null = null;
  #usage: ProcessUsage | null = null;
  #seen: ReadonlySet<number> = new Set();

  constructor({ stdin, stdout, stderr, outer, status }: ChildParts) {
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.#outer = outer;
    this.#status = status;
    this.exited = this.#watch();
  }

  get programPid(): number | null {
    return this.#programPid;
  }

  get ended(): boolean {
    return this.#outer.reaped() || this.#status.exitStatus !== null;
  }

  signal(name: SignalName): boolean {
    const init = this.#liveInit();
    if (init === null) {
      return false;
    }
    const number = SIGNAL_NUMBERS[name];
    if (name === 'cont') {
      // A stop of its group has stopped init too, also when the program has left that group since.
      deliver(init, number);
    } else if (name !== 'stop') {
      // Nothing ends by a stop.
      this.#sent.add(number);
    }
    return signalTree(init, number, () => this.#liveInit() === init);
  }

  kill(): boolean {
    if (this.#outer.reaped()) {
      return false;
    }
    this.#sent.add(SIGKILL);
    // Init first: its death is only reported when the whole namespace is gone. Without one, set-up is still
    // under way and `--die-with-parent` takes the rest along.
    const init = this.#liveInit();
    if (init !== null) {
      return deliver(init, SIGKILL);
    }
    this.#outer.kill();
    return true;
  }

  look({ tasks, memoryBytes }: LookLimits = NO_LIMITS): TreeSample | null {
    const init = this.#programPid === null ? null : this.#liveInit();
    const usage = this.#usage ?? { cpuMs: 0, peakMemoryBytes: 0 };
    const options = { maxTasks: tasks, limitBytes: memoryBytes, exactAboveBytes: usage.peakMemoryBytes };
    const sample = init === null ? null : readTree(init, { ...options, before: this.#seen });
    if (sample !== null) {
      this.#seen = new Set(sample.pids);
      this.#usage = {
        // A process that ends between two reads is missing from one sum; time does not run backwards.
        cpuMs: Math.max(usage.cpuMs, sample.cpuMs),
        peakMemoryBytes: Math.max(
          usage.peakMemoryBytes,
          sample.largestProcessBytes,
          sample.exact ? sample.memoryBytes : 0,
        ),
      };
    }
    return sample;
  }

  usage(): ProcessUsage | null {
    return this.#usage;
  }

  /**
   * Looks once whether the program has replaced bubblewrap's own code in the process meant for it.
   * By its executable file: to read an argument list would mean waiting for a lock that a busily forking program holds.
   */
  hasStarted(): boolean {
    const init = this.#status.initPid;
    const program = init === null ? undefined : readChildren(init)[0];
    if (init !== null && program !== undefined) {
      const [file, ours] = [readExecutable(program), readExecutable(init)];
      // Who may not read a program may not see that it runs either; bubblewrap, of which init is one, can be seen.
      const replaced = file === null ? ours !== null && isHidden(program) : file !== ours;
      if (replaced) {
        this.#programPid = program;
        this.look();
        return true;
      }
    }
    return false;
  }

  async #watch(): Promise<ChildExit> {
    const outer = await this.#outer.exited;
    await this.#status.ended;
    this.stdin?.close();
    const status = this.#status.exitStatus;
    if (status === null) {
      // Somebody killed the outer process; KILL is what the namespace then gets.
      return { code: null, signal: outer.signal ?? SIGKILL };
    }
    return interpretExit(status, this.#sent);
  }

  /** Init's pid while it certainly is init: child of our un-reaped child, and leader of its own group. */
  #liveInit(): number | null {
    const init = this.#status.initPid;
    if (this.#outer.reaped() || init === null || this.#status.exitStatus !== null) {
      return null;
    }
    const stat = readProcessStat(init);
    return stat?.parent === this.#outer.pid && stat.group === init ? init : null;
  }
}

/** Whether a process runs a file that this user must not know: one without read permission, of another user. */
function isHidden(pid: number): boolean {
  try {
    statSync(`/proc/${String(pid)}/exe`);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM';
  }
}
