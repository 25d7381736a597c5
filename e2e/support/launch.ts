import type { LaunchOptions, Launched } from './launched.ts';
import { launchInstalled } from './launch-installed.ts';
import { launchWithHook } from './launch-with-hook.ts';
import { installed } from './program.ts';

/** Starts what is tested on an empty data folder of its own and waits for its window. */
export function launch(options: LaunchOptions = {}): Promise<Launched> {
  return installed === null ? launchWithHook(options) : launchInstalled(installed, options);
}
