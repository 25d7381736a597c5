import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

export const root = resolve(import.meta.dirname, '..', '..');

/** Where preparation wrote down which Electron this clone uses. */
const choiceFile = join(root, 'node_modules', '.cache', 'capsule-desktop', 'electron.json');

/** The Electron to test with; says what to do when nothing has been prepared. */
function electronPath(): string {
  try {
    const choice = JSON.parse(readFileSync(choiceFile, 'utf8')) as { readonly path: string };
    return choice.path;
  } catch (cause) {
    throw new Error('There is no Electron for the tests yet: run npm test, which prepares it.', { cause });
  }
}

/** Chromium refuses its own sandbox as root; for everybody else it stays on, as in the shipped application. */
function electronFlags(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

export interface Launched {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataDir: string;
  /** What main wrote on stderr so far. */
  readonly output: () => string;
  /** Quits in the ordinary way, unless it has ended, and removes the data folder. */
  readonly close: () => Promise<void>;
}

/** Starts the built application on an empty data folder of its own and waits for its window. */
export async function launch(): Promise<Launched> {
  const dataDir = mkdtempSync(join(tmpdir(), 'capsule-desktop-e2e-'));
  const app = await _electron.launch({
    executablePath: electronPath(),
    args: [...electronFlags(), root],
    env: { ...definedEnvironment(), CAPSULE_DESKTOP_DATA: dataDir },
  });
  let text = '';
  app.process().stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const page = await app.firstWindow();
  return {
    app,
    page,
    dataDir,
    output: () => text,
    close: async () => {
      if (app.process().exitCode === null && app.process().signalCode === null) {
        await app.close();
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
