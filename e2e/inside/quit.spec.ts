import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { connectToPage } from '../support/debugging-port.ts';
import { guestFolder } from '../support/guests.ts';
import { launchWithHook, type LaunchedWithHook } from '../support/launch-with-hook.ts';
import { isAlive, pidsWith } from '../support/os-processes.ts';
import { startTen } from '../support/ten-processes.ts';

test('quitting from the menu ends what runs before the application goes', async () => {
  const desktop = await launchWithHook();
  try {
    const marker = await startTen(desktop);
    const ended = once(desktop.child, 'exit');
    await desktop.inMain(({ app }) => app.quit(), null);
    expect(await ended).toEqual([0, null]);
    expect(pidsWith(marker)).toEqual([]);
  } finally {
    await desktop.close();
  }
});

test('starts that reach an application which is ending get one that shows what they brought', async () => {
  // Four starts of the application, one after the other or two at a time.
  test.setTimeout(120_000);
  const desktop = await launchWithHook();
  // Written by Chromium: where the latest start on this data can be reached, and which process it is.
  const port = (): string => readFileSync(join(desktop.dataDir, 'DevToolsActivePort'), 'utf8');
  const owner = (): number => Number(/\d+$/.exec(readlinkSync(join(desktop.dataDir, 'SingletonLock')))?.[0]);
  const before = port();
  try {
    await holdAtWindowState(desktop);
    await desktop.inMain(({ app }) => app.quit(), null);
    await Promise.all([desktop.open(guestFolder('trap')), desktop.open(guestFolder('flood'))]);
    await desktop.inMain(({ app }) => (app as NodeJS.EventEmitter).emit('test:go-on'), null);
    await expect.poll(() => desktop.child.exitCode, { timeout: 30_000 }).toBe(0);

    await expect.poll(port, { timeout: 30_000 }).not.toBe(before);
    const [number, path] = port().split('\n');
    const { browser, page } = await connectToPage(`ws://127.0.0.1:${number ?? ''}${path ?? ''}`);
    const offer = page.getByRole('dialog', { name: /^Install (trap|flood) / });
    await expect(offer).toContainText('1 more to review.');
    await browser.close();
    const pid = owner();
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  } finally {
    await desktop.close();
  }
});

/** Makes the disk too slow to keep where the window is, which quitting waits for, until `test:go-on`. */
async function holdAtWindowState({ inMain }: LaunchedWithHook): Promise<void> {
  await inMain(async ({ app, BrowserWindow }) => {
    const files = process.getBuiltinModule('node:fs/promises');
    const { rename } = files;
    const goneOn = new Promise((resolve) => (app as NodeJS.EventEmitter).once('test:go-on', resolve));
    const held = new Promise<void>((resolve) => {
      files.rename = async (from, to) => {
        if (String(to).endsWith('window.json')) {
          resolve();
          await goneOn;
        }
        await rename(from, to);
      };
    });
    process.getBuiltinModule('node:module').syncBuiltinESMExports();
    const [window] = BrowserWindow.getAllWindows();
    window?.setBounds({ x: 40, y: 60, width: 800, height: 600 });
    const tooLate = new Promise<never>((_resolve, reject) => {
      const tell = (): void =>
        reject(new Error(`not kept: ${JSON.stringify([window?.isVisible(), window?.getBounds()])}`));
      setTimeout(tell, 20_000).unref();
    });
    await Promise.race([held, tooLate]);
  }, null);
}
