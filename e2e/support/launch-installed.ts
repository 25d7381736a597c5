import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loginEnvironment, temporaryFolder } from './account.ts';
import { endOf, removeUnused, runToEnd } from './child.ts';
import { connectToPage } from './debugging-port.ts';
import type { LaunchOptions, Launched } from './launched.ts';
import { chromiumFlags, type InstalledProgram } from './program.ts';

/** From the start to the line that tells where Chromium listens; it comes before the window. */
const LISTENING_LIMIT_MS = 30_000;

/**
 * Starts an installed program, as another user when the tests are told to, and waits for its window. It is
 * driven through Chromium's own debugging port, which no fuse closes and which reaches the page alone.
 */
export async function launchInstalled(
  { path, account }: InstalledProgram,
  options: LaunchOptions = {},
): Promise<Launched> {
  const folder = temporaryFolder(account);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  if (account !== null) {
    chownSync(dataDir, account.uid, account.gid);
  }
  const base = account === null ? process.env : loginEnvironment(account, folder);
  const env = { ...base, CAPSULE_DESKTOP_DATA: dataDir };
  // With a folder of its own, nothing is found in the source tree by accident.
  const identity = account === null ? { cwd: folder } : { cwd: folder, uid: account.uid, gid: account.gid };
  const args = [...chromiumFlags, '--remote-debugging-port=0', ...(options.args ?? [])];
  const child = spawn(path, args, {
    ...identity,
    env: { ...env, ...options.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
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
    open: (...given) => runToEnd(path, [...chromiumFlags, ...given], { ...identity, env }),
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
