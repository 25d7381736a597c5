import { spawn, type ChildProcess } from 'node:child_process';
import { endOf, removeUnused, runToEnd } from './child.ts';
import { connectToPage } from './debugging-port.ts';
import type { LaunchOptions, Launched } from './launched.ts';

/** From the start to the line that tells where Chromium listens; it comes before the window. */
const LISTENING_LIMIT_MS = 30_000;

/** What to start, and as whom. */
export interface Program {
  readonly path: string;
  /** Before everything that a test adds. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** On top of `env`, for the program whose window is tested, not for those that a test starts beside it. */
  readonly testedEnv: NodeJS.ProcessEnv;
  readonly identity: { readonly cwd?: string; readonly uid?: number; readonly gid?: number };
  /** Holds all that belongs to the program, its data folder included, and goes with it. */
  readonly folder: string;
  readonly dataDir: string;
}

/**
 * Starts a program and waits for its window. It is driven through Chromium's own debugging port, which reaches the
 * page alone and which no fuse of an installed program closes.
 */
export async function launchProgram(program: Program, options: LaunchOptions): Promise<Launched> {
  const { path, args, env, testedEnv, identity, folder, dataDir } = program;
  const child = spawn(path, ['--remote-debugging-port=0', ...args, ...(options.args ?? [])], {
    ...identity,
    env: { ...env, ...testedEnv, ...options.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  options.whenSpawned?.(child);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const remove = async (): Promise<void> => {
    await endOf(child);
    await removeUnused(folder);
  };
  const { browser, page } = await debuggingAddress(child, () => text)
    .then(connectToPage)
    .catch(async (error: unknown) => {
      await remove();
      throw error;
    });
  return {
    page,
    child,
    dataDir,
    output: () => text,
    open: (...given) => runToEnd(path, [...args, ...given], { ...identity, env: { ...env, ...options.env } }),
    close: async () => {
      // Of a browser that was connected to, this ends the connection only.
      await browser.close();
      await remove();
    },
  };
}

/** Chromium writes it on stderr. Rejects with all that was written when the program ends before or hangs. */
function debuggingAddress(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The program ${why}. It wrote: ${output()}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`opened no debugging port within ${LISTENING_LIMIT_MS} ms`);
    }, LISTENING_LIMIT_MS);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) => settle(() => fail(`ended with ${code ?? signal}`)));
    child.stderr?.on('data', () => {
      const address = /^DevTools listening on (ws:\S+)\s/m.exec(output())?.[1];
      if (address !== undefined) {
        settle(() => resolve(address));
      }
    });
  });
}
