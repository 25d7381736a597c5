import { expect, type Locator, type Page } from '@playwright/test';
import type { Launched } from './launched.ts';

/** What a person does in the window, by the words they read there. */

/** How long a notice of something done stays. */
const NOTICE_MS = 2_500;
/** Installing translates the component, on a machine that does much else at the same time slowly. */
const INSTALL_LIMIT_MS = 30_000;

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

/** Opens the install page of a capsule's folder or file, as a desktop does that was asked to open it. */
export async function openInstallPage(desktop: Launched, path: string): Promise<Locator> {
  await desktop.open(path);
  const dialog = desktop.page.getByRole('dialog', { name: /^Install / });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Installs a capsule's folder or file and grants all that it asks; the window then shows it. Answers its id. */
export async function install(desktop: Launched, path: string): Promise<string> {
  const { page } = desktop;
  const dialog = await openInstallPage(desktop, path);
  const [, id = ''] =
    /^Install (\S+) /.exec(await dialog.getByRole('heading', { level: 2 }).innerText()) ?? [];
  if (!(await dialog.getByRole('heading', { name: 'Requests no capabilities' }).isVisible())) {
    await dialog.getByRole('button', { name: 'Grant all' }).click();
  }
  await dialog.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(page.getByRole('heading', { name: id, level: 2, exact: true })).toBeVisible({
    timeout: INSTALL_LIMIT_MS,
  });
  // It would fade away in the middle of what comes next. Here too, which the click must not wait for.
  const notice = page.getByRole('status').filter({ hasText: `Installed${id} ` });
  await notice
    .getByRole('button', { name: 'Dismiss' })
    .click({ timeout: NOTICE_MS })
    .catch(() => undefined);
  await expect(notice).toBeHidden();
  return id;
}
