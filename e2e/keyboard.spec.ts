import { expect, test } from '@playwright/test';
import { bundledInstalled } from './support/bridge.ts';
import { expectFocusShown, tabTo } from './support/keyboard.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { processRow } from './support/places.ts';

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
});
test.afterAll(() => desktop.close());

test('from the start to a stopped process without a mouse, the focus always in sight', async () => {
  const { page } = desktop;
  const { keyboard } = page;
  await bundledInstalled(desktop);

  await tabTo(page, page.getByRole('button', { name: 'Capsules', exact: true }));
  await keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: /^supervisor/ }));
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'supervisor', level: 2, exact: true })).toBeVisible();
  await tabTo(page, page.getByRole('combobox', { name: 'Action' }));
  await keyboard.type('start');
  await keyboard.press('Escape');
  await tabTo(page, page.getByRole('button', { name: 'Invoke', exact: true }));
  await keyboard.press('Enter');
  await expect(page.getByRole('status', { name: 'Result' })).toContainText('"running"');

  await tabTo(page, page.getByRole('button', { name: 'Processes', exact: true }));
  await keyboard.press('Enter');
  const grid = page.getByRole('treegrid', { name: 'Processes' });
  await tabTo(page, grid);
  await keyboard.press('/');
  await keyboard.type('clock');
  await tabTo(page, grid);
  const clock = processRow(page, 'supervisor:clock');
  const key = (await clock.getAttribute('id')) ?? '';
  await keyboard.press('End');
  await expect(grid).toHaveAttribute('aria-activedescendant', key);
  await expectFocusShown(page);

  await keyboard.press('Enter');
  await expect(page.getByRole('log')).toContainText(/:\d\d/);
  await expect(grid).toBeFocused();
  await tabTo(page, page.getByRole('log'));
  await keyboard.press('Home');
  await expect(page.getByRole('button', { name: 'Follow', exact: true })).toBeVisible();
  await keyboard.press('End');
  await expect(page.getByRole('button', { name: 'Following' })).toBeVisible();

  await tabTo(page, grid);
  await keyboard.press('g');
  await page.getByRole('menuitem', { name: /SIGSTOP/ }).waitFor();
  await keyboard.press('Escape');
  await expect(grid).toBeFocused();
  await keyboard.press('f');
  await expect(clock).toContainText('Frozen');
  await keyboard.press('f');
  await expect(clock).toContainText('Running');
  await keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(grid).toBeFocused();
  await keyboard.press('s');
  // The supervisor starts it again under the same label; the log keeps to the run that was stopped.
  await expect(page.getByRole('region', { name: 'Log' })).toContainText(/SIGTERM|exited \d+|released/);
});
