import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { execa } from 'execa';
import { closed, opened } from '../../base/leaks.ts';
import { PipeSink } from '../pipes/byte-sink.ts';
import { PipeSource } from '../pipes/byte-source.ts';
import { BubblewrapChild } from './child.ts';
import type { OuterExit, SandboxedChild } from './child.ts';
import { PipePool } from '../pipes/pipe-pool.ts';
import type { PipeEnds } from '../pipes/pipe-pool.ts';
import { MAX_SETUP_ERROR_BYTES, START_LOOKS, START_POLL_MAX_MS } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { fileIdentity } from '../proc/process-stats.ts';
import { probeSandbox } from '../sandbox/probe.ts';
import type { Sandbox } from '../sandbox/probe.ts';
import { SandboxStatus } from './sandbox-status.ts';
import { bubblewrapArguments, ENVIRONMENT_FD, SECCOMP_FD } from '../sandbox/linux/bubblewrap.ts';
import type { SandboxSpec } from '../sandbox/spec/spec.ts';
import { UnlinkedFile } from '../sandbox/linux/unlinked-file.ts';
import { closeHighInherited, inheritedDescriptors } from './spawn-inherited.ts';
import { checkWorkingDirectory, resolveProgram } from '../files/spawn-program.ts';
import { notStarted, requireDescriptors } from '../tool/run-tool.ts';

/** A program to start: `SandboxSpec` with the command as it was asked for. */
export interface SpawnSpec extends Omit<SandboxSpec, 'command'> {
  /** A name for the child PATH, or a path (relative to `cwd`). */
  readonly command: string;
  readonly args: readonly string[];
  /** Its absolute path when it was looked up already; otherwise it is looked up now. */
  readonly program?: string;
  /** `none`: the program reads an empty input. */
  readonly stdin: 'none' | 'pipe';
}

/** Starts programs, each in a sandbox of its own. The only place of the project that does. */
export class SandboxSpawner {
  readonly #pipePool = new PipePool();
  readonly #probe: () => Promise<Sandbox>;
  #sandbox: Promise<Sandbox> | undefined;
  #filter: UnlinkedFile | null = null;

  constructor(probe: () => Promise<Sandbox> = probeSandbox) {
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
    const [program] = await Promise.all([
      spec.program ?? resolveProgram(spec.command, spec, sandbox.view),
      checkWorkingDirectory(spec, sandbox.view),
    ]);
    const { argv, environment } = bubblewrapArguments({ ...spec, command: [program, ...spec.args] }, sandbox);
    const pipes = await this.#openPipes(spec.stdin === 'pipe');
    const outer = await startOuter(sandbox.bwrap, argv, pipes, this.#filter);
    const launcher = fileIdentity(sandbox.prlimit);
    const child = assemble(pipes, outer, launcher === fileIdentity(program) ? null : launcher);
    sendEnvironment(pipes.environment, environment);
    await untilStarted(child);
    return child.child;
  }

  async #openPipes(withStdin: boolean): Promise<Pipes> {
    try {
      return await this.#pipePool.withPipes(5, () => openPipes(this.#pipePool, withStdin));
    } catch (error) {
      throw error instanceof OsError ? error : notStarted(error);
    }
  }

  async #firstLook(): Promise<Sandbox> {
    try {
      const sandbox = await this.#probe();
      closeHighInherited();
      this.#filter = sandbox.seccomp === null ? null : new UnlinkedFile(sandbox.seccomp);
      return sandbox;
    } catch (error) {
      this.#sandbox = undefined;
      throw error instanceof OsError ? error : notStarted(error);
    }
  }

  /** Gives the prepared pipes back. Children live on until they are ended. */
  dispose(): Promise<void> {
    closed(this);
    this.#filter?.close();
    return this.#pipePool.dispose();
  }
}

interface Pipes {
  readonly stdin: PipeEnds | null;
  readonly stdout: PipeEnds;
  readonly stderr: PipeEnds;
  readonly status: PipeEnds;
  readonly environment: PipeEnds;
}

interface Outer {
  readonly pid: number;
  readonly exited: Promise<OuterExit>;
}

interface Assembled {
  readonly child: BubblewrapChild;
  readonly stderr: PipeSource;
  readonly status: SandboxStatus;
}

/** All or none. */
function openPipes(pool: PipePool, withStdin: boolean): Pipes {
  const opened: PipeEnds[] = [];
  const open = (direction: 'from-child' | 'to-child'): PipeEnds => {
    const pipe = pool.open(direction);
    opened.push(pipe);
    return pipe;
  };
  try {
    return {
      stdin: withStdin ? open('to-child') : null,
      stdout: open('from-child'),
      stderr: open('from-child'),
      status: open('from-child'),
      environment: open('to-child'),
    };
  } catch (error) {
    opened.flatMap((pipe) => [pipe.ours, pipe.theirs, pipe.name]).forEach(closeDescriptor);
    throw notStarted(error);
  }
}

/** Throws `OsError` `spawn-failed`; then every end of `pipes` is closed. Else the child's ends are. */
async function startOuter(
  bwrap: string,
  argv: readonly string[],
  pipes: Pipes,
  filter: UnlinkedFile | null,
): Promise<Outer> {
  const { stdin, stdout, stderr, status, environment } = pipes;
  const all = [stdout, stderr, status, environment, ...(stdin === null ? [] : [stdin])];
  const theirs = [stdout.theirs, stderr.theirs, status.theirs, environment.theirs];
  const more: number[] = [];
  const lend = (fd: number): number => {
    more.push(fd);
    return fd;
  };
  try {
    const blanks = blankInherited(filter === null ? ENVIRONMENT_FD : SECCOMP_FD, lend);
    const filters = filter === null ? [] : [lend(filter.open())];
    const seccomp = filter === null ? [] : ['--seccomp', String(SECCOMP_FD)];
    requireDescriptors();
    const outer = execa(bwrap, [...seccomp, ...argv], {
      stdio: descriptors(stdin?.theirs ?? 'ignore', ...theirs, ...filters, ...blanks),
      env: {},
      extendEnv: false,
      buffer: false,
      reject: false,
      // Its own group, so that Ctrl-C in a terminal does not end it before the program was asked to stop; and no
      // clean-up by execa: `--die-with-parent` works in every way this process can end.
      detached: true,
      cleanup: false,
    });
    const exited = new Promise<OuterExit>((resolve) => {
      // The event, not execa's promise: between reaping and that promise lie turns in which the pid is not ours.
      outer.once('exit', (_code, signal) =>
        resolve({ signal: signal === null ? null : constants.signals[signal] }),
      );
    });
    const { pid } = outer;
    if (pid === undefined) {
      throw notStarted((await outer).cause);
    }
    return { pid, exited };
  } catch (error) {
    all.flatMap(({ ours, name }) => [ours, name]).forEach(closeDescriptor);
    throw error instanceof OsError ? error : notStarted(error);
  } finally {
    [...all.map((pipe) => pipe.theirs), ...more].forEach(closeDescriptor);
  }
}

type Descriptor = number | 'ignore';
type ExecaDescriptors = readonly [3, 3, 3, ...3[]];

/** execa hands any descriptor on; its type names only 3 to 9. */
function descriptors(...all: readonly Descriptor[]): ExecaDescriptors {
  return all as unknown as ExecaDescriptors;
}

/** Covers what the child would inherit by accident; see `inheritedDescriptors`. The caller closes what is lent. */
function blankInherited(last: number, lend: (fd: number) => number): readonly Descriptor[] {
  const inherited = inheritedDescriptors(last);
  if (inherited.length === 0) {
    return [];
  }
  const first = last + 1;
  const fd = lend(openSync('/dev/null', 'r'));
  const length = Math.max(...inherited) - first + 1;
  return Array.from({ length }, (_, index) => (inherited.includes(first + index) ? fd : 'ignore'));
}

function assemble(pipes: Pipes, outer: Outer, launcher: string | null): Assembled {
  const stderr = new PipeSource(pipes.stderr.ours);
  const status = new SandboxStatus(new PipeSource(pipes.status.ours));
  const child = new BubblewrapChild({
    stdin: pipes.stdin === null ? null : new PipeSink(pipes.stdin),
    stdout: new PipeSource(pipes.stdout.ours),
    stderr,
    status,
    launcher,
    outerPid: outer.pid,
    outerExited: outer.exited,
  });
  return { child, stderr, status };
}

function sendEnvironment({ ours, name }: PipeEnds, options: readonly string[]): void {
  closeDescriptor(name);
  const sink = new PipeSink({ ours, name: null });
  // A bubblewrap that ended before it read them is reported by its own complaint.
  sink.write(Buffer.from(options.map((option) => `${option}\0`).join(''))).catch(() => undefined);
  sink.end();
}

function closeDescriptor(fd: number | null | undefined): void {
  if (fd !== null && fd !== undefined) {
    closeSync(fd);
  }
}

/** What `prlimit` ends with when it could not set a limit, not execute the program, not find it. */
const LAUNCH_FAILED: ReadonlySet<number> = new Set([1, 126, 127]);

/** Throws `spawn-failed` with bubblewrap's (or prlimit's) own words when the program was never executed. */
async function untilStarted({ child, stderr, status }: Assembled): Promise<void> {
  await within(START_POLL_MAX_MS, [status.announced, child.exited]);
  for (let looks = 0; !child.ended; looks += 1) {
    if (child.hasStarted()) {
      return;
    }
    if (looks >= START_LOOKS) {
      throw await endUnseen(child);
    }
    await within(Math.min(START_POLL_MAX_MS, Math.max(1, 2 ** (looks - 8))), [child.exited]);
  }
  await child.exited;
  const said = Buffer.from(stderr.peek(MAX_SETUP_ERROR_BYTES)).toString('utf8').trim();
  if (status.exitStatus !== null && !(LAUNCH_FAILED.has(status.exitStatus) && said.startsWith('prlimit: '))) {
    return;
  }
  child.stdout.close();
  child.stderr.close();
  throw new OsError(
    'spawn-failed',
    `The program could not be started: ${said === '' ? 'the sandbox exited immediately' : said}`,
    'Check the command, its working directory and its folders.',
  );
}

/** Until one of them has come true, at most so many milliseconds. */
async function within(milliseconds: number, events: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([...events, pause]);
  clearTimeout(timer);
}

async function endUnseen(child: BubblewrapChild): Promise<OsError> {
  child.kill();
  await child.exited;
  child.stdout.close();
  child.stderr.close();
  return new OsError(
    'spawn-failed',
    'The program did not start within 16 s and was killed.',
    'Try again when the machine is less busy.',
  );
}
