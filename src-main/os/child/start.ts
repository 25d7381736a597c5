import { MAX_SETUP_ERROR_BYTES, START_LOOKS, START_POLL_MAX_MS } from '../limits.ts';
import { OsError } from '../os-error.ts';
import type { PipeSource } from '../pipes/byte-source.ts';
import type { GroupLimits, SandboxGroups } from '../groups/sandbox-groups.ts';
import type { HostTool } from '../tool/host-tool.ts';
import type { Launcher } from '../launcher/launcher.ts';
import type { BubblewrapChild } from './child.ts';
import type { SandboxStatus } from './sandbox-status.ts';

/** A child whose program may not run yet. */
export interface StartingChild {
  readonly child: BubblewrapChild;
  readonly stderr: PipeSource;
  readonly status: SandboxStatus;
}

/** Resolves when the init of the sandbox is there, or the sandbox has ended without one. */
export async function untilInit({ child, status }: StartingChild): Promise<void> {
  await Promise.race([status.announced, child.exited]);
}

/**
 * Sets limits on the init of a sandbox that waits for its filter; the program, its child, has them from its first
 * instruction on. From outside, so that bubblewrap executes the program itself and says on its status pipe whether it
 * could, which a launcher in between could only say in words on the program's own stderr.
 *
 * Throws `OsError` `spawn-failed`; then the sandbox has been ended.
 */
export async function limitInit(
  starting: StartingChild,
  launcher: Launcher,
  prlimit: HostTool,
  limits: readonly string[],
): Promise<void> {
  const { child, status } = starting;
  if (status.initPid === null || child.ended) {
    return;
  }
  try {
    const { ok, stderr } = await launcher.run(prlimit, ['--pid', String(status.initPid), ...limits]);
    // Where init has ended, bubblewrap's own words tell why, and nothing is executed any more.
    if (!ok && !child.ended && child.hasInit()) {
      throw new OsError(
        'spawn-failed',
        `Could not set the limits of the program: ${stderr.trim()}`,
        'Request limits no higher than those of this session.',
      );
    }
  } catch (error) {
    await endUnseen(child);
    throw error;
  }
}

/**
 * Puts the init of a sandbox that waits for its filter into a group of its own, where there are groups.
 *
 * Throws `OsError` `spawn-failed`; then the sandbox has been ended.
 */
export async function enterGroup(
  { child, status }: StartingChild,
  groups: SandboxGroups | null,
  limits: GroupLimits,
): Promise<void> {
  if (groups === null || status.initPid === null || child.ended) {
    return;
  }
  try {
    await child.enter(groups.make(limits));
  } catch (error) {
    if (child.ended || !child.hasInit()) {
      return;
    }
    await endUnseen(child);
    throw new OsError(
      'spawn-failed',
      `Could not set the limits of the program: its cgroup was refused (${error instanceof Error ? error.message : String(error)}).`,
      'Restart Capsule Desktop, which looks for a cgroup again.',
    );
  }
}

/** Throws `OsError` `spawn-failed` with bubblewrap's own words when the program was never executed. */
export async function untilStarted({ child, stderr, status }: StartingChild): Promise<void> {
  for (let looks = 0; !child.ended; looks += 1) {
    if (child.hasStarted()) {
      return;
    }
    if (looks >= START_LOOKS) {
      await endUnseen(child);
      throw new OsError(
        'spawn-failed',
        'The program did not start within 16 s and was killed.',
        'Try again when the machine is less busy.',
      );
    }
    await pauseBetweenLooks(looks, child);
  }
  await child.exited;
  if (status.exitStatus !== null) {
    return;
  }
  const said = Buffer.from(stderr.peek(MAX_SETUP_ERROR_BYTES)).toString('utf8').trim();
  child.stdout.close();
  child.stderr.close();
  throw new OsError(
    'spawn-failed',
    `The program could not be started: ${said === '' ? 'the sandbox exited immediately' : said}`,
    'Check the command, its working directory and its folders.',
  );
}

/** Short ones first; ends with the child. */
export function pauseBetweenLooks(looks: number, child: BubblewrapChild): Promise<void> {
  return within(Math.min(START_POLL_MAX_MS, Math.max(1, 2 ** (looks - 8))), child.exited);
}

/** Until it has come true, at most so many milliseconds. */
async function within(milliseconds: number, event: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([event, pause]);
  clearTimeout(timer);
}

/** For a sandbox whose program was not executed: nobody reads what it wrote. */
export async function endUnseen(child: BubblewrapChild): Promise<void> {
  child.kill();
  await child.exited;
  child.stdout.close();
  child.stderr.close();
}
