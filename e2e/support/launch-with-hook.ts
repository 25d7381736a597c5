import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './account.ts';
import { makeDataFolder } from './data-folder.ts';
import { launchProgram } from './launch-program.ts';
import type { LaunchOptions, Launched } from './launched.ts';
import { hookFile, openMainChannel, type InMain } from './main-channel.ts';
import { chromiumFlags } from './program.ts';
import { root } from './root.ts';

/** Where preparation wrote down which Electron this clone uses. */
const choiceFile = join(root, 'node_modules', '.cache', 'capsule-desktop', 'electron.json');

/** The application built in this tree, which also lets a test look inside its main process. */
export interface LaunchedWithHook extends Launched {
  readonly inMain: InMain;
}

/** Starts the application built in this tree, with a hook in its main process, and waits for its window. */
export async function launchWithHook(options: LaunchOptions = {}): Promise<LaunchedWithHook> {
  const folder = temporaryFolder(null);
  const dataDir = makeDataFolder(folder, null, options);
  const socket = join(folder, 'e2e.sock');
  const channel = await openMainChannel(socket);
  const program = {
    path: electronPath(),
    args: [...chromiumFlags, root],
    env: { ...process.env, CAPSULE_DESKTOP_DATA: dataDir },
    testedEnv: { NODE_OPTIONS: `--require "${hookFile}"`, CAPSULE_DESKTOP_E2E_SOCKET: socket },
    identity: {},
    folder,
    dataDir,
  };
  const launched = await launchProgram(program, options);
  return {
    ...launched,
    inMain: channel.inMain,
    close: async () => {
      channel.close();
      await launched.close();
    },
  };
}

/** The Electron to test with; says what to do when nothing has been prepared. */
function electronPath(): string {
  try {
    const choice = JSON.parse(readFileSync(choiceFile, 'utf8')) as { readonly path: string };
    return choice.path;
  } catch (cause) {
    throw new Error('There is no Electron for the tests yet: run npm test, which prepares it.', { cause });
  }
}
