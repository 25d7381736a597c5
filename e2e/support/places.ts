import { expect, type Locator, type Page } from '@playwright/test';
import { chooseNext } from './bridge.ts';
import type { Launched } from './launch.ts';

/** What a person does in the window, by the words they read there. */

export async function goTo(page: Page, place: 'Processes' | 'Capsules'): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
  await expect(page.getByRole('region', { name: place, exact: true })).toBeVisible();
}

export async function openCapsule(page: Page, id: string): Promise<void> {
  await goTo(page, 'Capsules');
  await page
    .getByRole('navigation', { name: 'Installed capsules' })
    .getByRole('button', { name: id })
    .click();
  await expect(page.getByRole('heading', { name: id, level: 2, exact: true })).toBeVisible();
}

/** Fills in the panel of the capsule on show and sends it; does not wait for the answer. */
export async function invokeByHand(page: Page, action: string, payload?: object): Promise<void> {
  await page.getByRole('combobox', { name: 'Action' }).fill(action);
  await page
    .getByRole('textbox', { name: /^Payload/ })
    .fill(payload === undefined ? '' : JSON.stringify(payload));
  await page.getByRole('button', { name: 'Invoke', exact: true }).click();
}

/** The row of the process list with this label. */
export function processRow(page: Page, label: string): Locator {
  return page.getByRole('treegrid', { name: 'Processes' }).getByRole('row').filter({ hasText: label });
}

/** Opens the page of a capsule's folder, as after the file dialog. */
export async function chooseFolder(desktop: Launched, folder: string): Promise<Locator> {
  await chooseNext(desktop, folder);
  await goTo(desktop.page, 'Capsules');
  await desktop.page.getByRole('button', { name: 'Install folder…' }).click();
  const dialog = desktop.page.getByRole('dialog', { name: /^Install / });
  await expect(dialog).toBeVisible();
  return dialog;
}
