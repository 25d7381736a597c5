import { expect, test, type Locator } from '@playwright/test';
import { bundledInstalled, invoke, processesOf } from './support/bridge.ts';
import { guestFolder } from './support/guests.ts';
import { expectFocusShown, tabTo } from './support/keyboard.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { goTo, install, processRow } from './support/places.ts';

let desktop: Launched;
test.beforeEach(async () => {
  desktop = await launch();
});
test.afterEach(() => desktop.close());

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
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(grid).toBeFocused();
  await keyboard.press('s');
  // The supervisor starts it again under the same label; the log keeps to the run that was stopped.
  await expect(page.getByRole('region', { name: 'Log' })).toContainText(/SIGTERM|exited \d+|discarded/);
});

test('no verb of the list, its tool bar or the head of the log lets the focus fall', async () => {
  const { page } = desktop;
  const { keyboard } = page;
  await bundledInstalled(desktop);
  await install(desktop, guestFolder('flood'));
  const start = (label: string, script: string) =>
    invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label });
  await start('stubborn', `trap '' TERM; echo ready; while :; do sleep 0.1; done`);
  await start('heeding', 'sleep 600');
  await start('done one', 'true');
  await start('done two', 'true');
  await goTo(page, 'Processes');
  const written = async () =>
    (await processesOf(page, 'flood')).find(({ label }) => label === 'stubborn')?.stdout.produced;
  await expect.poll(written).toBe('ready\n'.length);

  const grid = page.getByRole('treegrid', { name: 'Processes' });
  const log = page.getByRole('region', { name: 'Log' });
  const bulk = page.getByRole('group', { name: 'Selected processes' });
  const stubborn = processRow(page, 'stubborn');
  const press = async (button: Locator): Promise<void> => {
    await button.focus();
    await keyboard.press('Enter');
  };
  const stop = log.getByRole('button', { name: 'Stop', exact: true });
  const signal = log.getByRole('button', { name: 'Signal' });

  await stubborn.click();
  await press(stop);
  await expect(stubborn).toContainText('TERM sent');
  await expect(stop).toBeFocused();
  await press(log.getByRole('button', { name: 'Cancel stop' }));
  await expect(stubborn).toContainText('Running');
  await expect(stop).toBeFocused();
  await press(signal);
  await page.getByRole('menuitem', { name: /SIGTERM/ }).waitFor();
  await keyboard.press('Escape');
  await expect(signal).toBeFocused();
  await press(signal);
  await press(page.getByRole('menuitem', { name: /SIGKILL/ }));
  const question = page.getByRole('dialog', { name: 'Kill stubborn?' });
  await expect(question.getByRole('button', { name: 'Kill' })).toBeFocused();
  await expect(question).toContainText(/PID \d+ · sh -c trap/);
  await keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(grid).toBeFocused();

  // Not on Discard, which takes the place of Stop: a second press would discard the log.
  await processRow(page, 'heeding').click();
  await press(stop);
  await expect(processRow(page, 'heeding')).toContainText('SIGTERM');
  await expect(grid).toBeFocused();
  await expect(log).toContainText(/ran .+, ended \d\d:\d\d:\d\d/);
  await press(log.getByRole('button', { name: 'Discard' }));
  await expect(log).toContainText('This process was discarded.');
  await expect(grid).toBeFocused();
  await press(log.getByRole('button', { name: 'Close log' }));
  await expect(log).toBeHidden();
  await expect(grid).toBeFocused();

  for (const label of ['done one', 'done two']) {
    await processRow(page, label).getByRole('checkbox').check();
  }
  await press(bulk.getByRole('button', { name: 'Discard 2' }));
  await expect(bulk).toBeHidden();
  await expect(grid).toBeFocused();
  await stubborn.getByRole('checkbox').check();
  const stopAll = bulk.getByRole('button', { name: 'Stop 1' });
  await press(stopAll);
  await expect(stubborn).toContainText('TERM sent');
  await expect(stopAll).toBeFocused();
  await press(bulk.getByRole('button', { name: 'Kill…' }));
  await expect(question.getByRole('button', { name: 'Kill' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(stubborn).toContainText('SIGKILL');
  await expect(grid).toBeFocused();
  await press(bulk.getByRole('button', { name: 'Clear' }));
  await expect(bulk).toBeHidden();
  await expect(grid).toBeFocused();

  const filter = page.getByRole('textbox', { name: 'Filter processes' });
  await filter.fill('stubborn state:running');
  await expect(stubborn).toBeHidden();
  await filter.fill('stubborn state:exited');
  await expect(stubborn).toBeVisible();
  await press(page.getByRole('button', { name: 'Clear filter' }));
  await expect(filter).toHaveValue('');
  await expect(filter).toBeFocused();

  // Rows that went stay drawn while the pointer is over the list.
  await page.getByRole('heading', { name: 'Capsule Desktop' }).hover();
  await grid.focus();
  await keyboard.press('Home');
  const head = grid.getByRole('row', { name: /^flood/ });
  await keyboard.press('Enter');
  await expect(head).toHaveAttribute('aria-expanded', 'false');
  await keyboard.press('Enter');
  await expect(head).toHaveAttribute('aria-expanded', 'true');
  await keyboard.press('ArrowDown');
  await keyboard.press('r');
  // The last one: what stands in the place of the list takes over.
  await expect(page.getByRole('button', { name: 'Go to capsules' })).toBeFocused();
});
