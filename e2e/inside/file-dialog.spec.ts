import { expect, test } from '@playwright/test';
import { chooseFolder } from '../support/dialog.ts';
import { guestFolder } from '../support/guests.ts';
import { launchWithHook, type LaunchedWithHook } from '../support/launch-with-hook.ts';

let desktop: LaunchedWithHook;
test.beforeAll(async () => {
  desktop = await launchWithHook();
});
test.afterAll(() => desktop.close());

test('a folder chosen in the file dialog is looked at, put away, chosen again and installed', async () => {
  const { page } = desktop;
  const put = await chooseFolder(desktop, guestFolder('flood'));
  await expect(put).toContainText('None of its code has run.');
  await put.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(put).toBeHidden();
  const dialog = await chooseFolder(desktop, guestFolder('flood'));
  await dialog.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: 'flood', level: 2, exact: true })).toBeVisible();
});
