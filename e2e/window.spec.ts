import { expect, test } from '@playwright/test';
import { bundledInstalled, processesOf } from './support/bridge.ts';
import { guestFolder } from './support/guests.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { goTo, invokeByHand, openCapsule, openInstallPage, processRow } from './support/places.ts';
import { shoot } from './support/shoot.ts';
import { differsBy } from './support/tags.ts';

// One window from its first start on, as a person would go through it; each step builds on the one before.
test.describe.configure({ mode: 'serial' });

/** The grace of the window's own Stop button is 5 s; then KILL, and the time to notice. */
const STOP_LIMIT_MS = 10_000;
const floodFolder = guestFolder('flood');
/** Says when its trap is set: an earlier TERM would simply end it. */
const stubborn = `trap '' TERM; echo ready; while :; do sleep 0.1; done`;

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch({ nothingPrepared: true });
});
test.afterAll(() => desktop.close());

test(
  'the first start shows an empty list of processes, and soon the three example capsules',
  differsBy('@files'),
  async () => {
    const { page } = desktop;
    await expect(page).toHaveTitle('Capsule Desktop');
    await expect(page.getByText('No processes yet')).toBeVisible();
    await bundledInstalled(desktop);
    await shoot(desktop, 'processes-empty');
    await page.getByRole('button', { name: 'Go to capsules' }).click();
    const list = page.getByRole('navigation', { name: 'Installed capsules' });
    for (const name of ['repl', 'runner', 'supervisor']) {
      await expect(list.getByRole('button', { name })).toContainText(/Ready|Running/);
    }
    await openCapsule(page, 'supervisor');
    await shoot(desktop, 'capsules');
  },
);

test(
  'supervisor start, invoked by hand, answers and shows its processes alive',
  differsBy('@files'),
  async () => {
    const { page } = desktop;
    await openCapsule(page, 'supervisor');
    await page.getByRole('combobox', { name: 'Action' }).click();
    await page.getByRole('option', { name: 'start', exact: true }).click();
    await page.getByRole('button', { name: 'Invoke', exact: true }).click();
    await expect(page.getByRole('status', { name: 'Result' })).toContainText('"state": "running"');
    await shoot(desktop, 'invoke-ok');
    await goTo(page, 'Processes');
    for (const label of ['supervisor:clock', 'supervisor:counter']) {
      await expect(processRow(page, label)).toContainText('Running');
    }
  },
);

test('an open log follows what the process writes', differsBy('@user'), async () => {
  const { page } = desktop;
  await processRow(page, 'supervisor:counter').click();
  const log = page.getByRole('region', { name: 'Log' });
  await expect(log.getByRole('button', { name: 'Following' })).toHaveAttribute('aria-pressed', 'true');
  const last = async () => {
    const text = await log.innerText();
    return Math.max(0, ...[...text.matchAll(/count (\d+)/g)].map((match) => Number(match[1])));
  };
  const first = await last();
  await expect.poll(last).toBeGreaterThan(first);
  await shoot(desktop, 'log-following');
  await log.getByRole('button', { name: 'Following' }).click();
  await expect(log.getByRole('button', { name: /new/ })).toBeVisible();
  await shoot(desktop, 'log-paused');
  await log.getByRole('button', { name: /new/ }).click();
  await expect(log.getByRole('button', { name: 'Following' })).toHaveAttribute('aria-pressed', 'true');
});

test('Stop ends a process that heeds TERM', differsBy('@user'), async () => {
  const { page } = desktop;
  const row = processRow(page, 'supervisor:counter').first();
  await row.getByRole('button', { name: 'Stop', exact: true }).click();
  // The supervisor starts it again a second later, which makes the host forget this run.
  await expect(page.getByRole('region', { name: 'Log' })).toContainText(/SIGTERM|exited \d+|discarded/);
  await page.getByRole('button', { name: 'Close log' }).click();
});

test(
  'the install page asks before anything runs; what is refused there, the guest is refused',
  differsBy('@user'),
  async () => {
    const { page } = desktop;
    const dialog = await openInstallPage(desktop, floodFolder);
    await expect(dialog).toContainText('None of its code has run.');
    await shoot(desktop, 'install');
    await dialog.getByRole('button', { name: 'Grant none' }).click();
    await expect(dialog.getByRole('checkbox', { checked: true })).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Install', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('heading', { name: 'flood', level: 2, exact: true })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Capabilities' })).toContainText('Not granted');
    await invokeByHand(page, 'start', { cmd: 'sh', args: ['-c', 'true'] });
    const result = page.getByRole('status', { name: 'Result' });
    await expect(result).toContainText('Refused by the capsule');
    await expect(result).toContainText('capability-denied');
    await shoot(desktop, 'invoke-refused');
    expect(await processesOf(page, 'flood')).toEqual([]);
  },
);

test('granted anew, it may', differsBy('@user'), async () => {
  const { page } = desktop;
  const dialog = await openInstallPage(desktop, floodFolder);
  await dialog.getByRole('button', { name: 'Grant all' }).click();
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await expect(dialog).toBeHidden();
  await invokeByHand(page, 'start', { cmd: 'sh', args: ['-c', stubborn], label: 'stubborn' });
  await expect(page.getByRole('status', { name: 'Result' })).toContainText('"id"');
  await goTo(page, 'Processes');
  await expect(processRow(page, 'stubborn')).toContainText('Running');
  const written = async () => (await processesOf(page, 'flood'))[0]?.stdout.produced;
  await expect.poll(written).toBe('ready\n'.length);
  await shoot(desktop, 'processes');
});

test('the signal menu freezes and thaws', differsBy('@user'), async () => {
  const { page } = desktop;
  const row = processRow(page, 'stubborn');
  await row.getByRole('button', { name: 'Signal' }).click();
  await shoot(desktop, 'signal-menu');
  await page.getByRole('menuitem', { name: /SIGSTOP/ }).click();
  await expect(row).toContainText('Frozen');
  await row.getByRole('button', { name: 'Signal' }).click();
  await page.getByRole('menuitem', { name: /SIGCONT/ }).click();
  await expect(row).toContainText('Running');
});

test('a verb reaches only the ticked processes that the filter shows', async () => {
  const { page } = desktop;
  const grid = page.getByRole('treegrid', { name: 'Processes' });
  const filter = page.getByRole('textbox', { name: 'Filter processes' });
  const bulk = page.getByRole('group', { name: 'Selected processes' });
  const all = page.getByRole('checkbox', { name: 'Select all processes' });
  const clock = processRow(page, 'supervisor:clock');
  await processRow(page, 'stubborn').getByRole('checkbox').check();
  await filter.fill('supervisor:clock');
  await expect(bulk).toContainText('0 selected · 1 hidden by the filter');
  await expect(all).not.toBeChecked();
  await grid.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('f');
  await expect(clock).toContainText('Frozen');
  expect((await processesOf(page, 'flood')).map(({ frozen }) => frozen)).toEqual([false]);
  await page.keyboard.press('f');
  await expect(clock).toContainText('Running');
  await page.keyboard.press('Escape');
  await expect(bulk).toBeHidden();

  // What stops matching while the pointer is over the list stays there, as what it is.
  await filter.fill('running');
  await processRow(page, 'stubborn').hover();
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('f');
  await expect(processRow(page, 'stubborn')).toContainText('Frozen');
  await expect(processRow(page, 'stubborn')).not.toContainText('discarded');
  await filter.fill('');
  await grid.focus();
  await page.keyboard.press('f');
  await expect(processRow(page, 'stubborn')).toContainText('Running');

  // Of a folded group all are ticked as well, and its head says so.
  await filter.fill('flood');
  const head = grid.getByRole('row', { name: /^flood/ });
  await head.click();
  await all.check();
  await expect(bulk).toContainText('1 selected');
  await expect(head).toContainText('1 selected');
  await head.click();
  await expect(processRow(page, 'stubborn').getByRole('checkbox')).toBeChecked();
  await all.uncheck();
  await expect(bulk).toBeHidden();
  await filter.fill('');
});

test('a stop can be cancelled before its KILL', async () => {
  const { page } = desktop;
  const row = processRow(page, 'stubborn');
  await row.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(row).toContainText(/TERM sent · KILL in [0-5] s/);
  await row.getByRole('button', { name: 'Cancel stop' }).click();
  await expect(row).toContainText('Running');
  await expect(row).not.toContainText('KILL in');
});

test(
  'Stop on a process that ignores TERM shows TERM, the countdown and KILL',
  differsBy('@user'),
  async () => {
    const { page } = desktop;
    const row = processRow(page, 'stubborn');
    await row.click();
    await row.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(row).toContainText(/TERM sent · KILL in [0-5] s/);
    const left = async (): Promise<number> => Number(/KILL in (\d) s/.exec(await row.innerText())?.[1]);
    const first = await left();
    await expect.poll(left).toBeLessThan(first);
    await shoot(desktop, 'stopping');
    await expect(row).toContainText('killed by SIGKILL (9)', { timeout: STOP_LIMIT_MS });
    const [ended] = (await processesOf(page, 'flood')).filter(({ label }) => label === 'stubborn');
    expect(ended?.exit).toEqual({ code: null, signal: 9, reason: 'stopped' });
    await shoot(desktop, 'stopped');
  },
);

test('About tells versions, the data folder and the state of the sandbox', differsBy('@files'), async () => {
  const { page } = desktop;
  await page.getByRole('button', { name: 'About' }).click();
  const about = page.getByRole('dialog', { name: 'About Capsule Desktop' });
  await expect(about).toContainText(desktop.dataDir);
  await expect(about).toContainText('works');
  await shoot(desktop, 'about');
  await page.keyboard.press('Escape');
  await expect(about).toBeHidden();
});

test('a reload keeps the theme, the choices and the open log; nothing that runs notices', async () => {
  const { page } = desktop;
  await page.getByText('Dark theme').click({ force: true });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await processRow(page, 'stubborn').getByRole('checkbox').check();
  const before = (await processesOf(page, 'supervisor')).filter(({ phase }) => phase === 'running');
  await page.reload();
  await expect(processRow(page, 'stubborn').getByRole('checkbox')).toBeChecked();
  await expect(page.getByRole('region', { name: 'Log' })).toContainText('ready');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  const after = await processesOf(page, 'supervisor');
  const keys = after.map(({ key }) => key);
  expect(keys).toEqual(
    expect.arrayContaining(before.filter((each) => each.label !== 'supervisor:flaky').map(({ key }) => key)),
  );
});
