import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { temporaryFolder } from './account.ts';
import { endOf, removeUnused, runToEnd } from './child.ts';
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
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const socket = join(folder, 'e2e.sock');
  const channel = await openMainChannel(socket);
  const electron = electronPath();
  const flags = [...chromiumFlags, root];
  const env = { ...definedEnvironment(), CAPSULE_DESKTOP_DATA: dataDir };
  const app = await _electron.launch({
    executablePath: withHook(electron, folder),
    args: [...flags, ...(options.args ?? [])],
    env: { ...env, CAPSULE_DESKTOP_E2E_SOCKET: socket, ...options.env },
  });
  // Kept: Playwright forgets the process once it has ended.
  const child = app.process();
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const page = await app.firstWindow();
  return {
    page,
    inMain: channel.inMain,
    child,
    dataDir,
    output: () => text,
    open: (...given) => runToEnd(electron, [...flags, ...given], { env }),
    close: async () => {
      await endOf(child);
      channel.close();
      await removeUnused(folder);
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

/** A script that starts Electron with the hook loaded first: Playwright itself takes NODE_OPTIONS away. */
function withHook(electron: string, folder: string): string {
  const script = join(folder, 'electron.sh');
  const text = `#!/bin/sh\nNODE_OPTIONS='--require ${hookFile}' exec '${electron}' "$@"\n`;
  writeFileSync(script, text, { mode: 0o755 });
  return script;
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
