import { expect, type Locator } from '@playwright/test';
import type { LaunchedWithHook } from './launch-with-hook.ts';
import { goTo } from './places.ts';

/** Opens the install page of a capsule's folder through the file dialog, which answers as a person would. */
export async function chooseFolder({ page, inMain }: LaunchedWithHook, folder: string): Promise<Locator> {
  await inMain(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, folder);
  await goTo(page, 'Capsules');
  await page.getByRole('button', { name: 'Install folder…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Install / });
  await expect(dialog).toBeVisible();
  return dialog;
}
