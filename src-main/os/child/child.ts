import { statSync } from 'node:fs';
import type { ByteSink } from '../pipes/byte-sink.ts';
import type { ByteSource } from '../pipes/byte-source.ts';
import { START_LOOK_TASKS } from '../limits.ts';
import { isInit, readChildren, readExecutable, readName, readProcessStat } from '../proc/process-stats.ts';
import type { Launched } from '../launcher/launcher.ts';
import type { SandboxStatus } from './sandbox-status.ts';
import { interpretExit, SIGKILL, SIGNAL_NUMBERS } from '../proc/signals.ts';
import type { ChildExit, SignalName } from '../proc/signals.ts';
import type { SandboxGroup } from '../groups/sandbox-groups.ts';
import { deliver } from '../proc/signal-tree.ts';
import { readTree } from '../proc/tree-usage.ts';
import type { ProcessUsage, SeenTree, TreeOptions, TreeSample } from '../proc/tree-usage.ts';
import type { TreeRoot } from '../trees/protocol.ts';
import type { Trees } from '../trees/trees.ts';

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
   * the program has ended. Signals arrive in the order in which they are sent; a `kill` waits for none of them.
   */
  readonly signal: (name: SignalName) => Promise<boolean>;
  /** Ends the program and all its descendants at once, also frozen ones. False when it has ended. */
  readonly kill: () => boolean;
  /**
   * Looks at everything that runs in the sandbox; breaks off above `tasks`, and is exact about memory above `memoryBytes`.
   * Null when the sandbox has ended. Every look makes `usage` newer.
   */
  readonly look: (limits?: LookLimits) => Promise<TreeSample | null>;
  /**
   * What the program and all it started had used at the last look; null when there never was one. Only with a group is
   * there anything newer after the end: bubblewrap exits before it has waited for the namespace's init, so the kernel hands the
   * final figures to nobody here. How much the last look misses is up to who looks (`processes/usage/resource-watch.ts`).
   */
  readonly usage: () => ProcessUsage | null;
  /** Whether the kernel has ended it because its memory was used up; known with `exited`. */
  readonly ranOutOfMemory: () => boolean;
  /** Its processes, for looks other than `look`; null before the start and after the end. */
  readonly tree: () => TreeRoot | null;
  /** True once the program's end is known here; nothing that is sent reaches it any more. */
  readonly ended: boolean;
  /** Resolves once, when every process of the sandbox has ended. Never rejects. The streams may still hold output. */
  readonly exited: Promise<ChildExit>;
}

export interface LookLimits {
  readonly tasks: number;
  readonly memoryBytes: number;
  /** It may take long: looks at other trees do not wait for it. */
  readonly long?: boolean;
}

const NO_LIMITS: LookLimits = { tasks: Number.MAX_SAFE_INTEGER, memoryBytes: Number.MAX_SAFE_INTEGER };

export interface ChildParts extends Pick<SandboxedChild, 'stdin' | 'stdout' | 'stderr'> {
  /** The outer bubblewrap, this process's own child. */
  readonly outer: Launched;
  readonly status: SandboxStatus;
  readonly trees: Trees;
  /** What the command line of init begins with, and that of nobody else's process. */
  readonly mark: string;
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
  readonly #trees: Trees;
  readonly #mark: string;
  readonly #sent = new Set<number>();
  #programPid: number | null = null;
  #usage: ProcessUsage | null = null;
  #seen: SeenTree | null = null;
  #group: SandboxGroup | null = null;
  #ranOut = false;

  constructor({ stdin, stdout, stderr, outer, status, trees, mark }: ChildParts) {
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.#outer = outer;
    this.#status = status;
    this.#trees = trees;
    this.#mark = mark;
    this.exited = this.#watch();
  }

  get programPid(): number | null {
    return this.#programPid;
  }

  get ended(): boolean {
    return this.#outer.reaped() || this.#status.exitStatus !== null;
  }

  async signal(name: SignalName): Promise<boolean> {
    const root = this.tree();
    if (root === null) {
      return false;
    }
    const number = SIGNAL_NUMBERS[name];
    if (name !== 'cont' && name !== 'stop') {
      // Nothing ends by those two.
      this.#sent.add(number);
    }
    return this.#trees.signal(root, number);
  }

  kill(): boolean {
    if (this.#outer.reaped()) {
      return false;
    }
    this.#sent.add(SIGKILL);
    // Init first: its death is only reported when the whole namespace is gone; and one that has not been set up yet would not
    // be taken along by `--die-with-parent`, but wait for ever for a word from the outer one.
    const init = this.#status.exitStatus === null ? this.#status.initPid : null;
    if (init !== null && readProcessStat(init)?.parent === this.#outer.pid) {
      return deliver(init, SIGKILL);
    }
    this.#outer.kill();
    return true;
  }

  async look(limits: LookLimits = NO_LIMITS): Promise<TreeSample | null> {
    const root = this.#programPid === null ? null : this.tree();
    const sample = root === null ? null : await this.#trees.look(root, this.#options(limits), limits.long);
    this.#note(sample);
    return sample;
  }

  usage(): ProcessUsage | null {
    return this.#usage;
  }

  ranOutOfMemory(): boolean {
    return this.#ranOut;
  }

  /**
   * Puts init into a group, and with it everything that it will start; the group is removed with the end. Before the word to begin.
   * Rejects with what the kernel says.
   */
  async enter(group: SandboxGroup): Promise<void> {
    this.#group = group;
    if (this.#status.initPid !== null) {
      await group.add(this.#status.initPid);
    }
  }

  /** Whether the init of the sandbox is there and has not ended. */
  hasInit(): boolean {
    const stat = this.#status.initPid === null ? null : readProcessStat(this.#status.initPid);
    return stat?.parent === this.#outer.pid && stat.state !== 'Z';
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
        // At once: a short program is over before another thread has looked.
        this.#note(readTree(init, this.#options({ ...NO_LIMITS, tasks: START_LOOK_TASKS })));
        return true;
      }
    }
    return false;
  }

  async #watch(): Promise<ChildExit> {
    const outer = await this.#outer.exited;
    await this.#status.announced;
    this.#endOrphan();
    await this.#status.ended;
    this.stdin?.close();
    await this.#leaveGroup();
    const status = this.#status.exitStatus;
    if (status === null) {
      // Somebody killed the outer process; KILL is what the namespace then gets.
      return { code: null, signal: outer.signal ?? SIGKILL };
    }
    return interpretExit(status, this.#sent);
  }

  /** What the kernel counted to the very end is known, other than what was looked at. */
  async #leaveGroup(): Promise<void> {
    const last = this.#group?.usage() ?? null;
    if (last !== null) {
      this.#ranOut = last.ranOut;
      const { cpuMs, peakMemoryBytes } = this.#usage ?? { cpuMs: 0, peakMemoryBytes: 0 };
      this.#usage = { cpuMs: Math.max(cpuMs, last.cpuMs), peakMemoryBytes };
    }
    await this.#group?.end();
  }

  /** An init that has lost the outer one before it was bound to it waits for its word for ever. */
  #endOrphan(): void {
    const init = this.#status.initPid;
    if (init !== null && this.#status.exitStatus === null && readName(init) === this.#mark) {
      deliver(init, SIGKILL);
    }
  }

  #options({ tasks, memoryBytes }: LookLimits): TreeOptions {
    return {
      maxTasks: tasks,
      limitBytes: memoryBytes,
      exactAboveBytes: this.#usage?.peakMemoryBytes ?? 0,
      before: this.#seen,
      group: this.#group?.path ?? null,
    };
  }

  #note(sample: TreeSample | null): void {
    if (sample === null) {
      return;
    }
    const usage = this.#usage ?? { cpuMs: 0, peakMemoryBytes: 0 };
    this.#seen = sample.seen;
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

  tree(): TreeRoot | null {
    const init = this.#liveInit();
    return init === null ? null : { init, outer: this.#outer.pid, reaped: this.#outer.reapedFlag };
  }

  /** Init's pid while it certainly is init. */
  #liveInit(): number | null {
    const init = this.#status.initPid;
    if (this.#outer.reaped() || init === null || this.#status.exitStatus !== null) {
      return null;
    }
    return isInit(init, this.#outer.pid) ? init : null;
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
