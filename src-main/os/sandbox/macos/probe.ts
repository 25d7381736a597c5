import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { PROBE_TIMEOUT_MS } from '../../limits.ts';
import { OsError } from '../../os-error.ts';
import { findTool } from '../../tool/host-tool.ts';
import { seatbeltArguments } from './seatbelt.ts';

/** sandbox-exec is part of every macOS, marked as outdated in its manual for years, and what the system's own services rest on. */
const PLACE = '/usr/bin';

/**
 * Runs one harmless program under the macOS profile, and refuses all the same: the profile can be tried, but to watch,
 * limit and end programs there was never run. What the refusal says tells whether the profile at least works.
 *
 * @param searchPath colon-separated folders to look for sandbox-exec in
 * @throws OsError always: `sandbox-blocked` with what sandbox-exec said, else `sandbox-unsupported`
 */
export async function refuseAfterSeatbelt(searchPath: string = PLACE): Promise<never> {
  const complaint = await trySeatbelt(searchPath);
  if (complaint !== null) {
    throw new OsError(
      'sandbox-blocked',
      `This system does not allow sandbox-exec to create a sandbox: ${complaint}`,
      'Run Capsule Desktop on Linux to let capsules start processes.',
    );
  }
  throw new OsError(
    'sandbox-unsupported',
    'The macOS sandbox works, but starting programs in it is not supported yet: it has not been tested.',
    'Run Capsule Desktop on Linux to let capsules start processes.',
  );
}

/** What went wrong, in one line; null when the program ran. */
async function trySeatbelt(searchPath: string): Promise<string | null> {
  const sandboxExec = await findTool('sandbox-exec', searchPath);
  if (sandboxExec === null) {
    return 'it is not installed';
  }
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'capsule-seatbelt-')));
  try {
    const [workspace, temporary] = [join(folder, 'workspace'), join(folder, 'temporary')];
    await Promise.all([workspace, temporary].map((path) => mkdir(path, { mode: 0o700 })));
    const { argv, environment } = seatbeltArguments(
      { command: ['/usr/bin/true'], cwd: workspace, env: {}, workspace, network: false },
      { temporary },
    );
    const result = await execa(sandboxExec.path, argv, {
      cwd: workspace,
      env: environment,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
      timeout: PROBE_TIMEOUT_MS,
    });
    return result.failed ? (result.stderr.trim().split('\n')[0] ?? '') || complaintOf(result) : null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function complaintOf({ shortMessage }: { readonly shortMessage?: string | undefined }): string {
  // The whole profile is part of the command that execa names.
  return shortMessage?.split(': ')[0]?.slice(0, 200) ?? 'it exited without a message';
}
