import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { _electron, type Page } from '@playwright/test';
import { hookFile, openMainChannel, type InMain } from './main-channel.ts';

export const root = resolve(import.meta.dirname, '..', '..');

/** Where preparation wrote down which Electron this clone uses. */
const choiceFile = join(root, 'node_modules', '.cache', 'capsule-desktop', 'electron.json');

export interface Launched {
  readonly page: Page;
  readonly inMain: InMain;
  /** The application's own process; it may have ended. */
  readonly child: ChildProcess;
  readonly dataDir: string;
  /** What main wrote on stderr so far. */
  readonly output: () => string;
  /** Quits in the ordinary way, unless it has ended, and removes the data folder. */
  readonly close: () => Promise<void>;
}

/** Starts the built application on an empty data folder of its own and waits for its window. */
export async function launch(): Promise<Launched> {
  const dataDir = mkdtempSync(join(tmpdir(), 'capsule-desktop-e2e-'));
  const socket = join(dataDir, 'e2e.sock');
  const channel = await openMainChannel(socket);
  const app = await _electron.launch({
    executablePath: electronWithHook(dataDir),
    args: [...electronFlags(), root],
    env: {
      ...definedEnvironment(),
      CAPSULE_DESKTOP_DATA: dataDir,
      CAPSULE_DESKTOP_E2E_SOCKET: socket,
    },
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
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      channel.close();
      rmSync(dataDir, { recursive: true, force: true });
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
function electronWithHook(folder: string): string {
  const script = join(folder, 'electron.sh');
  const text = `#!/bin/sh\nNODE_OPTIONS='--require ${hookFile}' exec '${electronPath()}' "$@"\n`;
  writeFileSync(script, text, { mode: 0o755 });
  return script;
}

/** Chromium refuses its own sandbox as root; for everybody else it stays on, as in the shipped application. */
function electronFlags(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
