import { loginEnvironment, temporaryFolder } from './account.ts';
import { makeDataFolder } from './data-folder.ts';
import { launchProgram } from './launch-program.ts';
import type { LaunchOptions, Launched } from './launched.ts';
import { chromiumFlags, type InstalledProgram } from './program.ts';

/** Starts an installed program, as another user when the tests are told to, and waits for its window. */
export function launchInstalled(
  { path, account }: InstalledProgram,
  options: LaunchOptions = {},
): Promise<Launched> {
  const folder = temporaryFolder(account);
  const dataDir = makeDataFolder(folder, account, options);
  const base = account === null ? process.env : loginEnvironment(account, folder);
  const program = {
    path,
    args: chromiumFlags,
    env: { ...base, CAPSULE_DESKTOP_DATA: dataDir },
    testedEnv: {},
    // With a folder of its own, nothing is found in the source tree by accident.
    identity: account === null ? { cwd: folder } : { cwd: folder, uid: account.uid, gid: account.gid },
    folder,
    dataDir,
  };
  return launchProgram(program, options);
}
