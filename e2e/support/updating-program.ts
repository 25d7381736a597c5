import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import { connectToPage } from './debugging-port.ts';
import { parentOf } from './os-processes.ts';

/** A program that replaces and restarts itself: each start has its own window, none but the first is our child. */
export interface UpdatingProgram {
  /** The page of the n-th start, counted from 1. */
  readonly page: (start: number) => Promise<Page>;
  /** Process ids of the application, whoever started it. */
  readonly pids: () => readonly number[];
  /** Ends it in the ordinary way (TERM) or at once (KILL), and waits. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  readonly output: () => string;
}

export interface ProgramPlace {
  /** Below it, and nowhere else, the program's files lie while it runs. */
  readonly mounts: string;
  readonly env: NodeJS.ProcessEnv;
}

const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Starts `command`; the arguments of the application are put behind it. */
export function startUpdating(command: readonly string[], { mounts, env }: ProgramPlace): UpdatingProgram {
  const [program = '', ...first] = command;
  const child = spawn(program, [...first, ...flags, '--remote-debugging-port=0'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  let browser: Browser | undefined;
  return {
    output: () => text,
    pids: () => pidsOf(mounts),
    async page(start) {
      const addresses = (): string[] =>
        [...text.matchAll(/^DevTools listening on (ws:\S+)\s/gm)].map((match) => match[1] ?? '');
      await expect
        .poll(() => addresses().length, { timeout: 40_000, message: 'waiting for the program to start' })
        .toBeGreaterThanOrEqual(start);
      const connected = await connectToPage(addresses()[start - 1] ?? '');
      // That of an earlier start is dropped: nobody is left who could answer its end.
      browser = connected.browser;
      return connected.page;
    },
    async end(signal) {
      // First, while there is somebody to answer: the end of a connection is not the end of the program.
      await browser?.close();
      browser = undefined;
      for (const pid of pidsOf(mounts)) {
        seen(() => process.kill(pid, signal));
      }
      // Its helpers outlive it for a moment, and write into its data folder.
      await expect.poll(() => allPidsOf(mounts), { timeout: 30_000 }).toEqual([]);
    },
  };
}

/** What the program says about itself on the command line, without a window. */
export async function versionOf(path: string, { env }: ProgramPlace): Promise<string> {
  const { stdout } = await promisify(execFile)(path, [...flags, '--version'], { env });
  return stdout.split('\n', 1)[0] ?? '';
}

/** Opens About, where updates are, and waits for what main says about them. */
export async function openUpdates(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'About' }).click();
  const panel = page.getByRole('region', { name: 'Updates' });
  await expect(panel).toBeVisible();
  return panel;
}

/** Types the feed's address and saves it. */
export async function configureFeed(panel: Locator, address: string): Promise<void> {
  await panel.getByRole('textbox', { name: 'Update feed address' }).fill(address);
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel).toContainText(`From ${address}`);
}

/** Main processes of the application; Chromium's helpers have a type, and a fork has its parent for a moment. */
function pidsOf(mounts: string): number[] {
  const pids = allPidsOf(mounts).filter(
    (pid) => !(seen(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '--type=').includes('--type='),
  );
  return pids.filter((pid) => !pids.includes(parentOf(pid)));
}

function allPidsOf(mounts: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => seen(() => readlinkSync(`/proc/${pid}/exe`))?.startsWith(join(mounts, 'mounted-')));
}

/** Null for a process that has ended meanwhile, or is somebody else's. */
function seen<Seen>(read: () => Seen): Seen | null {
  try {
    return read();
  } catch {
    return null;
  }
}
