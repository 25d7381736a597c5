import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { connectToPage } from '../support/debugging-port.ts';
import { launchWithHook } from '../support/launch-with-hook.ts';

test('a page that crashes again as it comes back shows its window and asks; loaded again, it works', async () => {
  const { inMain, dataDir, close } = await launchWithHook();
  try {
    const asked = await inMain(async ({ BrowserWindow, dialog }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (window === undefined) {
        return null;
      }
      const question = new Promise((resolve) => {
        dialog.showMessageBox = ((_parent: unknown, { buttons }: { readonly buttons: readonly string[] }) => {
          resolve({ buttons, visible: window.isVisible() });
          return Promise.resolve({ response: 0, checkboxChecked: false });
        }) as typeof dialog.showMessageBox;
      });
      // As it is before its first picture.
      window.hide();
      window.webContents.once('did-navigate', () => window.webContents.forcefullyCrashRenderer());
      window.webContents.forcefullyCrashRenderer();
      return question;
    }, null);
    expect(asked).toEqual({ buttons: ['Reload', 'Quit'], visible: true });
    // Written by Chromium. The page that was connected to has gone.
    const [port, path] = readFileSync(join(dataDir, 'DevToolsActivePort'), 'utf8').split('\n');
    const { browser, page } = await connectToPage(`ws://127.0.0.1:${port ?? ''}${path ?? ''}`);
    await expect(page.getByText('No processes yet')).toBeVisible();
    await browser.close();
  } finally {
    await close();
  }
});
