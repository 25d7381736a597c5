import { setImmediate as nextTurn } from 'node:timers/promises';
import { closed, opened } from '../../base/leaks.ts';
import type { Allowed } from '../../policy/gate.ts';
import type { Program } from '../../policy/need.ts';
import { PipeSink } from '../pipes/byte-sink.ts';
import { PipeSource } from '../pipes/byte-source.ts';
import { BubblewrapChild } from './child.ts';
import type { SandboxedChild } from './child.ts';
import { allPipes, closeDescriptor, openChildPipes, sendWhole } from './child-pipes.ts';
import type { ChildPipes } from './child-pipes.ts';
import { PipePool } from '../pipes/pipe-pool.ts';
import { OsError } from '../os-error.ts';
import { probeSandbox } from '../sandbox/probe.ts';
import type { Sandbox } from '../sandbox/probe.ts';
import { SandboxStatus } from './sandbox-status.ts';
import { bubblewrapArguments } from '../sandbox/linux/bubblewrap.ts';
import { kernelLimits } from '../sandbox/linux/kernel-limits.ts';
import { emptyFilter } from '../sandbox/linux/seccomp.ts';
import type { SandboxSpec } from '../sandbox/spec/spec.ts';
import { closeHighInherited } from '../tool/spawn-inherited.ts';
import { limitInit, untilInit, untilStarted } from './start.ts';
import type { StartingChild } from './start.ts';
import { openedPaths, type Opened } from '../files/opened.ts';
import { checkWorkingDirectory } from '../files/spawn-program.ts';
import { Launcher, type Launched } from '../launcher/launcher.ts';
import type { HostTool } from '../tool/host-tool.ts';
import { HostGuard } from '../tool/host-guard.ts';
import { notStarted } from '../tool/run-tool.ts';

/** A program to start. What is started and what is opened to it is what the gate allowed or the host made, never text. */
export interface SpawnSpec extends Opened, Pick<SandboxSpec, 'cwd' | 'env' | 'network' | 'limits'> {
  readonly program: Allowed<Program>;
  readonly args: readonly string[];
  /** `none`: the program reads an empty input. */
  readonly stdin: 'none' | 'pipe';
}

/** Starts programs, each in a sandbox of its own. The only place of the project that does. */
export class SandboxSpawner {
  readonly #guard = new HostGuard();
  readonly #launcher: Launcher;
  readonly #pipePool: PipePool;
  readonly #probe: () => Promise<Sandbox>;
  #sandbox: Promise<Sandbox> | undefined;

  /** @param launcherFile the built `launcher-thread.ts` */
  constructor(launcherFile: string, probe: () => Promise<Sandbox> = probeSandbox) {
    this.#launcher = new Launcher(launcherFile);
    this.#pipePool = new PipePool(this.#launcher, this.#guard.mark);
    this.#probe = probe;
    opened(this);
  }

  /** The sandbox of this machine, found out once; a failure is tried again the next time, after its fix. */
  sandbox(): Promise<Sandbox> {
    this.#sandbox ??= this.#firstLook();
    return this.#sandbox;
  }

  /** Resolves when the program itself is running (or has already ended). Throws `OsError`; then nothing is left behind. */
  async spawn(spec: SpawnSpec): Promise<SandboxedChild> {
    const sandbox = await this.sandbox();
    const plain = inText(spec);
    await Promise.all([checkWorkingDirectory(plain, sandbox.view), this.#guard.start()]);
    const { argv, environment } = bubblewrapArguments(plain, sandbox);
    // Half a megabyte of arguments takes some milliseconds to check and as many to hand over: others come in between.
    await nextTurn();
    const pipes = await openChildPipes(this.#pipePool, spec.stdin === 'pipe');
    const outer = await startOuter(this.#launcher, sandbox.bwrap, argv, pipes, this.#guard.mark);
    const starting = assemble(pipes, outer);
    sendWhole(pipes.environment, Buffer.from(environment.map((option) => `${option}\0`).join('')));
    try {
      await untilInit(starting);
      await limitInit(starting, this.#launcher, sandbox.prlimit, kernelLimits(spec.limits));
    } catch (error) {
      // An empty filter is none: nothing is executed.
      sendWhole(pipes.filter, new Uint8Array());
      throw error;
    }
    // The word to begin: without it, also when this process ends, bubblewrap does not execute the program.
    sendWhole(pipes.filter, sandbox.seccomp ?? emptyFilter());
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
    await Promise.all([this.#guard.dispose(), this.#launcher.dispose()]);
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
  mark: string,
): Promise<Launched> {
  const { stdin, stdout, stderr, status, environment, filter } = pipes;
  const theirs = [stdout, stderr, status, environment, filter].map((pipe) => pipe.theirs);
  try {
    return await launcher.start(bwrap, argv, {
      argv0: mark,
      descriptors: [stdin?.theirs ?? null, ...theirs],
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

function assemble(pipes: ChildPipes, outer: Launched): StartingChild {
  const stderr = new PipeSource(pipes.stderr.ours);
  const status = new SandboxStatus(new PipeSource(pipes.status.ours));
  const child = new BubblewrapChild({
    stdin: pipes.stdin === null ? null : new PipeSink(pipes.stdin),
    stdout: new PipeSource(pipes.stdout.ours),
    stderr,
    status,
    outer,
  });
  return { child, stderr, status };
}
