import { expect, test } from '@playwright/test';
import { bundledInstalled, snapshot } from './support/bridge.ts';
import { guestFolder } from './support/guests.ts';
import { tabTo } from './support/keyboard.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { install, invokeByHand, openCapsule, openInstallPage } from './support/places.ts';
import { shoot } from './support/shoot.ts';

// One window and one capsule, which the last test removes.
test.describe.configure({ mode: 'serial' });

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
  await bundledInstalled(desktop);
  await install(desktop, guestFolder('spinner'));
});
test.afterAll(() => desktop.close());

test('a capsule is said to handle what the host calls, not what its tool chain exports as well', async () => {
  const about = desktop.page.getByRole('region', { name: 'About', exact: true });
  await expect(about).toContainText('actions');
  await expect(about).not.toContainText('init');
});

test('an installation shows what it does, and Cancel takes it back', async () => {
  const { page } = desktop;
  const entry = page
    .getByRole('navigation', { name: 'Installed capsules' })
    .getByRole('button', { name: /^spinner/ });
  await entry.focus();
  const dialog = await openInstallPage(desktop, guestFolder('slow-install'));
  await dialog.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(dialog.getByRole('status')).toHaveText('Running its install hook…');
  await shoot(desktop, 'installing');
  await tabTo(page, dialog.getByRole('button', { name: 'Cancel', exact: true }));
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(entry).toBeFocused();
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect((await snapshot(page)).capsules.map(({ id }) => id)).not.toContain('slow-install');
});

test('a call that was cancelled is no failure; the focus stays where the next one is made', async () => {
  const { page } = desktop;
  await invokeByHand(page, 'spin');
  const invoke = page.getByRole('button', { name: 'Invoke', exact: true });
  await expect(invoke).toBeFocused();
  await expect(invoke).toBeDisabled();
  await tabTo(page, page.getByRole('button', { name: 'Cancel call' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('spin was cancelled').last()).toBeVisible();
  await expect(page.getByText('spin failed')).toBeHidden();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(invoke).toBeFocused();
  await expect(invoke).toBeEnabled();
});

test('switching off and removing keep the focus on the page', async () => {
  const { page } = desktop;
  const enabled = page.getByRole('switch', { name: 'Enabled' });
  await tabTo(page, enabled);
  await page.keyboard.press('Space');
  await expect(enabled).not.toBeChecked();
  await expect(enabled).toBeFocused();
  await tabTo(page, page.getByRole('button', { name: 'Remove…' }));
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'Remove spinner?' });
  await expect(question.getByRole('button', { name: 'Remove' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'spinner', level: 2, exact: true })).toBeHidden();
  await expect(question).toBeHidden();
  await expect(
    page.getByRole('navigation', { name: 'Installed capsules' }).getByRole('button', { name: /^repl/ }),
  ).toBeFocused();
  expect((await snapshot(page)).capsules.map(({ id }) => id)).not.toContain('spinner');
  await openCapsule(page, 'runner');
});
