import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { install, invoke, processesOf } from './support/bridge.ts';
import { inMain } from './support/in-main.ts';
import { launch, root, type Launched } from './support/launch.ts';

const screenshots = join(root, 'artefacts', 'screenshots');
/** The grace of the window's own Stop button is 5 s; then KILL, and the time to notice. */
const STOP_LIMIT_MS = 10_000;

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
});
test.afterAll(() => desktop.close());

function processRow(page: Page, label: string): Locator {
  return page.getByRole('treegrid', { name: 'Processes' }).getByRole('row').filter({ hasText: label });
}

test('the window lists the three example capsules', async () => {
  for (const name of ['repl', 'runner', 'supervisor']) {
    await expect(desktop.page.getByText(name, { exact: true }).first()).toBeVisible();
  }
});

test('supervisor start shows its processes, alive and with growing output', async () => {
  const { page } = desktop;
  expect(await invoke(page, 'supervisor', 'start')).toMatchObject({ refused: false });
  for (const label of ['supervisor:clock', 'supervisor:counter']) {
    await expect(processRow(page, label)).toContainText('Running');
  }
  const produced = async () => {
    const processes = await processesOf(page, 'supervisor');
    return processes.find(({ label }) => label === 'supervisor:clock')?.stdout.produced ?? 0;
  };
  const first = await produced();
  await expect.poll(produced).toBeGreaterThan(first);
});

test('an open log follows what the process writes', async () => {
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
  await log.getByRole('button', { name: 'Following' }).click();
  await expect(log.getByRole('button', { name: /new/ })).toBeVisible();
});

test('Stop on a process that ignores TERM shows TERM, the countdown and KILL', async () => {
  const { app, page } = desktop;
  await install(app, page, join(root, 'e2e', 'guests', 'flood'));
  const script = `trap '' TERM; echo ready; while :; do sleep 0.1; done`;
  await invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label: 'stubborn' });
  const stubborn = async () => (await processesOf(page, 'flood')).find(({ label }) => label === 'stubborn');
  // Its trap is set once it has said so; an earlier TERM would simply end it.
  await expect.poll(async () => (await stubborn())?.stdout.produced).toBe('ready\n'.length);
  const row = processRow(page, 'stubborn');
  await row.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(row).toContainText(/TERM sent · KILL in [45] s/);
  await expect(row).toContainText(/KILL in [123] s/);
  await expect(row).toContainText('killed by SIGKILL (9)', { timeout: STOP_LIMIT_MS });
  expect((await stubborn())?.exit).toEqual({ code: null, signal: 9, reason: 'stopped' });
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1280, 800],
    [800, 600],
  ] as const) {
    test(`looks right in ${scheme} at ${width} by ${height}`, async () => {
      const { app, page } = desktop;
      await page.emulateMedia({ colorScheme: scheme });
      await inMain(
        app,
        ({ BrowserWindow }, size) => {
          BrowserWindow.getAllWindows()[0]?.setContentSize(size[0], size[1]);
        },
        [width, height] as const,
      );
      await expect.poll(() => page.evaluate('innerWidth')).toBe(width);
      await page.screenshot({ path: join(screenshots, `window-${scheme}-${width}x${height}.png`) });
    });
  }
}
