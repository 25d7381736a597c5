import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { closed, opened } from '../../base/leaks.ts';
import type { Allowed } from '../../policy/gate.ts';
import type { Program } from '../../policy/need.ts';
import { PipeSink } from '../pipes/byte-sink.ts';
import { PipeSource } from '../pipes/byte-source.ts';
import { BubblewrapChild } from './child.ts';
import { confirmMounts } from './confirm-mounts.ts';
import type { SandboxedChild } from './child.ts';
import { allPipes, closeDescriptor, openChildPipes, sendWhole } from './child-pipes.ts';
import type { ChildPipes } from './child-pipes.ts';
import { PipePool } from '../pipes/pipe-pool.ts';
import { NO_CORE_DUMPS } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { readDataBytes } from '../proc/process-stats.ts';
import { probeSandbox } from '../sandbox/probe.ts';
import type { Sandbox } from '../sandbox/probe.ts';
import { SandboxStatus } from './sandbox-status.ts';
import { bubblewrapArguments } from '../sandbox/linux/bubblewrap.ts';
import { kernelLimits } from '../sandbox/linux/kernel-limits.ts';
import { emptyFilter } from '../sandbox/linux/seccomp.ts';
import type { CommandSpec, SandboxSpec } from '../sandbox/spec/spec.ts';
import { closeHighInherited } from '../tool/spawn-inherited.ts';
import { enterGroup, limitInit, untilInit, untilStarted } from './start.ts';
import type { StartingChild } from './start.ts';
import { mountsOf, type Mount } from '../files/mounts.ts';
import { openedPaths, type Opened } from '../files/opened.ts';
import type { HeldDescriptor, PathHandle } from '../files/path-handle.ts';
import { checkWorkingDirectory } from '../files/spawn-program.ts';
import { Launcher, type Launched } from '../launcher/launcher.ts';
import type { HostTool } from '../tool/host-tool.ts';
import { HostGuard } from '../tool/host-guard.ts';
import { notStarted } from '../tool/run-tool.ts';
import { Trees } from '../trees/trees.ts';

/** A program to start. What is started and what is opened to it is what the gate allowed or the host made, never text. */
export interface SpawnSpec extends Opened, Pick<SandboxSpec, 'cwd' | 'env' | 'network' | 'limits'> {
  readonly program: Allowed<Program>;
  readonly args: readonly string[];
  /** `none`: the program reads an empty input. */
  readonly stdin: 'none' | 'pipe';
}

/** A program of the application's own that is to be kept away from it. */
export interface OwnProgram {
  /** All that it sees beside the system, read-only. */
  readonly files: readonly { readonly handle: PathHandle; readonly target: string }[];
  readonly command: readonly [program: string, ...args: string[]];
  readonly limits?: SandboxSpec['limits'];
}

/** Starts programs, each in a sandbox of its own. The only place of the project that does. */
export class SandboxSpawner {
  readonly #guard = new HostGuard();
  readonly #launcher: Launcher;
  readonly #trees: Trees;
  readonly #pipePool: PipePool;
  readonly #probe: () => Promise<Sandbox>;
  #sandbox: Promise<Sandbox> | undefined;

  /** @param threads the folder of the built `launcher-thread.ts` and `tree-thread.ts` */
  constructor(threads: string, probe: () => Promise<Sandbox> = probeSandbox) {
    this.#launcher = new Launcher(join(threads, 'launcher-thread.js'));
    this.#trees = new Trees(join(threads, 'tree-thread.js'));
    this.#pipePool = new PipePool(this.#launcher, this.#guard.mark);
    this.#probe = probe;
    opened(this);
  }

  /** The sandbox of this machine, found out once; a failure is tried again the next time, after its fix. */
  sandbox(): Promise<Sandbox> {
    this.#sandbox ??= this.#firstLook();
    return this.#sandbox;
  }

  /**
   * Resolves when the program itself is running (or has already ended). Throws `OsError`; then nothing is left behind. What
   * `spec` holds open is used until bubblewrap has it, also when it is closed before.
   */
  async spawn(spec: SpawnSpec): Promise<SandboxedChild> {
    return this.#spawnWith(inText(spec), mountsOf(spec), spec.stdin === 'pipe');
  }

  /** The same for a program of ours: without workspace, network and environment, its input a pipe. */
  async spawnOwn({ files, command, limits }: OwnProgram): Promise<SandboxedChild> {
    const mounts = files.map((file): Mount => ({ ...file, access: 'read' }));
    const plain = {
      command,
      cwd: '/tmp',
      env: {},
      network: false,
      ...(limits === undefined ? {} : { limits }),
    };
    return this.#spawnWith(plain, mounts, true);
  }

  /**
   * Limits a process of this program that runs already to `bytes` of memory beyond what it has, and lets it leave no core.
   * Where no program can be started, and for one that has ended, nothing is done.
   */
  async limitRunning(pid: number, bytes: number): Promise<void> {
    const sandbox = await this.sandbox().catch(() => null);
    const taken = readDataBytes(pid);
    if (sandbox !== null && taken !== null) {
      const limits = [`--data=${String(taken + bytes)}`, `--core=${String(NO_CORE_DUMPS)}`];
      await this.#launcher.run(sandbox.prlimit, ['--pid', String(pid), ...limits]);
    }
  }

  async #spawnWith(
    plain: CommandSpec,
    mounts: readonly Mount[],
    withStdin: boolean,
  ): Promise<SandboxedChild> {
    const held = holdAll(mounts);
    try {
      return await this.#spawnHolding(plain, mounts, withStdin, held);
    } finally {
      releaseAll(held);
    }
  }

  async #spawnHolding(
    plain: CommandSpec,
    mounts: readonly Mount[],
    withStdin: boolean,
    held: readonly HeldDescriptor[],
  ): Promise<SandboxedChild> {
    const sandbox = await this.sandbox();
    await Promise.all([checkWorkingDirectory(plain, sandbox.view), this.#guard.start()]);
    const { argv, environment } = bubblewrapArguments(plain, mounts, sandbox);
    // Half a megabyte of arguments takes some milliseconds to check and as many to hand over: others come in between.
    await nextTurn();
    const pipes = await openChildPipes(this.#pipePool, withStdin);
    const outer = await startOuter(this.#launcher, sandbox.bwrap, argv, pipes, held, this.#guard.mark);
    releaseAll(held);
    const starting = assemble(pipes, outer, this.#trees, this.#guard.mark);
    sendWhole(pipes.environment, Buffer.from(environment.map((option) => `${option}\0`).join('')));
    let isMounted: boolean;
    try {
      await untilInit(starting);
      await enterGroup(starting, sandbox.limits.groups, plain.limits ?? {});
      await limitInit(starting, this.#launcher, sandbox.prlimit, kernelLimits(plain.limits));
      isMounted = await confirmMounts(starting, {
        mounts,
        own: [...sandbox.ownMounts, ...sandbox.view.networkEtc],
      });
    } catch (error) {
      // An empty filter is none: nothing is executed.
      sendWhole(pipes.filter, new Uint8Array());
      throw error;
    }
    // The word to begin: without it, also when this process ends, bubblewrap does not execute the program. A sandbox may be
    // given up for ended and live, when the launcher's thread was lost before bubblewrap was bound to it; and where no init
    // is seen, none was limited.
    const isReady = isMounted && !starting.child.ended && starting.child.hasInit();
    const filter = sandbox.seccomp[plain.network ? 'shared' : 'own'] ?? emptyFilter();
    sendWhole(pipes.filter, isReady ? filter : new Uint8Array());
    await untilStarted(starting);
    return starting.child;
  }

  async #firstLook(): Promise<Sandbox> {
    try {
      const sandbox = await this.#probe();
      closeHighInherited();
      await this.#guard.start();
      return sandbox;
    } catch (error) {
      this.#sandbox = undefined;
      throw error instanceof OsError ? error : notStarted(error);
    }
  }

  /** Gives the prepared pipes back. Children live on until they are ended. */
  async dispose(): Promise<void> {
    closed(this);
    await this.#pipePool.dispose();
    await Promise.all([this.#guard.dispose(), this.#launcher.dispose(), this.#trees.dispose()]);
  }
}

/** The one place where what was allowed becomes what is done. */
function inText(spec: SpawnSpec): SandboxSpec {
  const { program, args, cwd, env, network, limits } = spec;
  return {
    ...openedPaths(spec),
    command: [program.value.path, ...args],
    cwd,
    env,
    network,
    ...(limits === undefined ? {} : { limits }),
  };
}

/** All or none. Throws `OsError` `spawn-failed`. */
function holdAll(mounts: readonly Mount[]): readonly HeldDescriptor[] {
  const held: HeldDescriptor[] = [];
  try {
    for (const { handle } of mounts) {
      held.push(handle.hold());
    }
    return held;
  } catch (error) {
    releaseAll(held);
    throw error;
  }
}

/** Each does nothing the second time. */
function releaseAll(held: readonly HeldDescriptor[]): void {
  held.forEach(({ release }) => void release());
}

/**
 * Throws `OsError` `spawn-failed`; then every end of `pipes` is closed. Else the child's ends are.
 *
 * @param mark what its command line begins with, and that of the processes it makes until the program is executed
 */
async function startOuter(
  launcher: Launcher,
  bwrap: HostTool,
  argv: readonly string[],
  pipes: ChildPipes,
  mounts: readonly HeldDescriptor[],
  mark: string,
): Promise<Launched> {
  const { stdin, stdout, stderr, status, environment, filter } = pipes;
  const theirs = [stdout, stderr, status, environment, filter].map((pipe) => pipe.theirs);
  try {
    return await launcher.start(bwrap, argv, {
      argv0: mark,
      descriptors: [stdin?.theirs ?? null, ...theirs, ...mounts.map(({ fd }) => fd)],
    });
  } catch (error) {
    allPipes(pipes)
      .flatMap(({ ours, name }) => [ours, name])
      .forEach(closeDescriptor);
    throw error;
  } finally {
    allPipes(pipes).forEach((pipe) => closeDescriptor(pipe.theirs));
  }
}

function assemble(pipes: ChildPipes, outer: Launched, trees: Trees, mark: string): StartingChild {
  const stderr = new PipeSource(pipes.stderr.ours);
  const status = new SandboxStatus(new PipeSource(pipes.status.ours));
  const child = new BubblewrapChild({
    stdin: pipes.stdin === null ? null : new PipeSink(pipes.stdin),
    stdout: new PipeSource(pipes.stdout.ours),
    stderr,
    status,
    outer,
    trees,
    mark,
  });
  return { child, stderr, status };
}
