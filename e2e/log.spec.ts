import { expect, test } from '@playwright/test';
import { bundledInstalled, invoke, processesOf, request } from './support/bridge.ts';
import { guestFolder } from './support/guests.ts';
import { tabTo } from './support/keyboard.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { goTo, install, processRow } from './support/places.ts';
import { resize } from './support/shoot.ts';

// One window and one process with a log longer than any pane.
test.describe.configure({ mode: 'serial' });

const LINES = 300;
let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
  const { page } = desktop;
  await bundledInstalled(desktop);
  await install(desktop, guestFolder('flood'));
  const script = `seq -f 'line %.0f' ${LINES}; trap 'echo more' USR1; echo ready >&2; while :; do sleep 0.1; done`;
  await invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label: 'lines' });
  await goTo(page, 'Processes');
});
test.afterAll(() => desktop.close());

test('a log that is followed keeps its end in sight when its pane gets smaller', async () => {
  const { page } = desktop;
  await resize(desktop, 1280, 800);
  await processRow(page, 'lines').click();
  const end = page.getByRole('log').getByText(`line ${LINES}`, { exact: true });
  await expect(end).toBeInViewport({ ratio: 0.9 });
  await resize(desktop, 800, 600);
  await expect(end).toBeInViewport({ ratio: 0.9 });
  await expect(page.getByRole('button', { name: 'Following' })).toBeVisible();
  await resize(desktop, 1280, 800);
  await expect(end).toBeInViewport({ ratio: 0.9 });
});

test('following again by keyboard keeps the focus on the log', async () => {
  const { page } = desktop;
  const log = page.getByRole('region', { name: 'Log' });
  await expect(log.getByText('ready', { exact: true })).toBeVisible();
  await log.getByRole('button', { name: 'Following' }).click();
  const [view] = await processesOf(page, 'flood');
  await request(page, 'process.signal', { key: view?.key ?? '', signal: 'usr1' });
  await tabTo(page, log.getByRole('button', { name: /new line/ }));
  await page.keyboard.press('Enter');
  await expect(log.getByRole('log')).toBeFocused();
  await expect(log.getByText('more', { exact: true })).toBeInViewport({ ratio: 0.9 });
});

test('copying says that it has copied', async () => {
  const { page } = desktop;
  await tabTo(page, page.getByRole('button', { name: 'Copy loaded output' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Copied' })).toBeFocused();
});

test('a log of a process that went while the window was away is not opened again', async () => {
  const { page } = desktop;
  const [view] = await processesOf(page, 'flood');
  // What a window leaves behind whose application was started again meanwhile.
  const name = `'capsule-desktop.view'`;
  await page.evaluate(
    `localStorage.setItem(${name}, localStorage.getItem(${name}).replaceAll('${view?.key}', 'gone'))`,
  );
  await page.reload();
  await expect(processRow(page, 'lines')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Log' })).toBeHidden();
  await processRow(page, 'lines').click();
  await expect(page.getByRole('region', { name: 'Log' })).toBeVisible();
});

test('what a program paints stays in its row and is seen', async () => {
  const { page } = desktop;
  // Thirty marks on one letter, and text in the colours of both grounds.
  const script = `printf 'o'; for i in $(seq 30); do printf '\\314\\207'; done; printf 'tower\\n'
    printf '\\033[38;2;17;19;23mdark\\033[38;2;251;251;252mlight\\033[0m\\n'; sleep 600`;
  await invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label: 'painter' });
  await processRow(page, 'painter').click();
  const log = page.getByRole('log');
  const tower = log.locator('[data-row]', { hasText: 'tower' });
  await expect(tower).toContainText(`o${'\u0307'.repeat(4)}${String.raw`\u{307}`.repeat(26)}tower`);
  await expect(tower).toHaveCSS('overflow-y', 'clip');
  for (const word of ['dark', 'light']) {
    const text = log.getByText(word, { exact: true });
    await expect(text).toBeVisible();
    for (const ground of ['rgb(17, 19, 23)', 'rgb(251, 251, 252)']) {
      await expect(text).not.toHaveCSS('color', ground);
    }
  }
});

test('a command too long for the window is copied whole', async () => {
  const { page } = desktop;
  const args = ['-c', 'sleep 600', 'z'.repeat(5000)];
  await invoke(page, 'flood', 'start', { cmd: 'sh', args, label: 'long command' });
  await processRow(page, 'long command').click();
  const log = page.getByRole('region', { name: 'Log' });
  await log.getByRole('button', { name: 'Copy the whole command' }).click();
  await expect(log.getByRole('button', { name: 'Copied' })).toBeVisible();
  const filter = page.getByRole('textbox', { name: /filter/iu });
  await filter.focus();
  await page.keyboard.press('ControlOrMeta+V');
  await expect(filter).toHaveValue(`sh ${args.join(' ')}`);
});
