import { AxeBuilder } from '@axe-core/playwright';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { bundledInstalled, snapshot } from './support/bridge.ts';
import { endBy } from './support/child.ts';
import { connectToPage } from './support/debugging-port.ts';
import { guestFolder } from './support/guests.ts';
import { tabTo } from './support/keyboard.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { isAlive } from './support/os-processes.ts';
import { goTo, install, openCapsule } from './support/places.ts';
import { shoot, show } from './support/shoot.ts';

/** Several starts of the application one after the other. */
const STARTS_LIMIT_MS = 180_000;

/** From the end of an application to the page of the one that follows it. */
const RESTART_LIMIT_MS = 30_000;

const banner = (page: Page) => page.getByRole('region', { name: /^Safe mode/ });

test('two deaths within a minute lead to safe mode, where the capsule is removed; then all is as before', async () => {
  test.setTimeout(STARTS_LIMIT_MS);
  const first = await launch();
  const { dataDir } = first;
  const again: Launched[] = [];
  try {
    await bundledInstalled(first);
    await install(first, guestFolder('loop'));
    await expect.poll(() => read(dataDir, 'starting.json')).toContain('"starting":[]');
    await endBy(first.child, 'SIGKILL');
    // While the capsule starts, and before anything does.
    for (const starting of ['"loop"', '']) {
      const before = read(dataDir, 'session.json');
      const next = await startAgain(dataDir);
      again.push(next);
      await expect.poll(() => read(dataDir, 'session.json')).not.toBe(before);
      await expect.poll(() => read(dataDir, 'starting.json')).toContain(starting);
      await endBy(next.child, 'SIGKILL');
    }

    const safe = await startAgain(dataDir);
    again.push(safe);
    const { page } = safe;
    await expect(banner(page)).toContainText(
      'The application ended unexpectedly twice within a minute of starting.',
    );
    await openCapsule(page, 'loop');
    await expect(page.getByRole('alert')).toContainText(
      'Disabled: it was starting when Capsule Desktop ended unexpectedly.',
    );
    expect((await snapshot(page)).capsules.flatMap(({ instances }) => instances)).toEqual([]);
    await shoot(safe, 'safe-mode-disabled');
    await expectNothingSerious(safe);
    const enabled = page.getByRole('switch', { name: 'Enabled' });
    await tabTo(page, enabled);
    await page.keyboard.press('Space');
    await expect(page.getByRole('alert').filter({ hasText: 'Could not enable loop' })).toContainText(
      'Capsule Desktop is in safe mode',
    );
    await expect(enabled).not.toBeChecked();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByRole('heading', { name: 'loop', level: 2, exact: true })).toBeHidden();
    await shoot(safe, 'safe-mode');

    await restartNormally(safe, dataDir, async (normal) => {
      await expect(banner(normal)).toBeHidden();
      const ids = (await snapshot(normal)).capsules.map(({ id }) => id);
      expect(ids).toEqual(['repl', 'runner', 'supervisor']);
    });
  } finally {
    for (const each of again) {
      await each.close();
    }
    await first.close();
  }
});

test('--safe-mode starts nothing and installs nothing, until a normal restart', async () => {
  test.setTimeout(STARTS_LIMIT_MS);
  const desktop = await launch({ args: ['--safe-mode'] });
  try {
    const { page, dataDir } = desktop;
    await expect(banner(page)).toContainText('The application was started with --safe-mode.');
    await goTo(page, 'Capsules');
    await expect(page.getByText('No capsules installed')).toBeVisible();
    await shoot(desktop, 'safe-mode-requested');
    await restartNormally(desktop, dataDir, async (normal) => {
      await expect(banner(normal)).toBeHidden();
      const ids = async () => (await snapshot(normal)).capsules.map(({ id }) => id);
      await expect.poll(ids, { timeout: 50_000 }).toEqual(['repl', 'runner', 'supervisor']);
    });
  } finally {
    await desktop.close();
  }
});

async function expectNothingSerious(desktop: Launched): Promise<void> {
  const { page } = desktop;
  for (const scheme of ['dark', 'light'] as const) {
    await show(desktop, scheme);
    // Colours that are on their way to others would be measured half-way.
    await expect.poll(() => page.evaluate('document.getAnimations().length')).toBe(0);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}

/** Another start on the data of one that has ended. */
function startAgain(dataDir: string): Promise<Launched> {
  return launch({ env: { CAPSULE_DESKTOP_DATA: dataDir } });
}

/** Presses the button by keyboard, looks at what comes, and ends that in the ordinary way. */
async function restartNormally(
  { page, child }: Launched,
  dataDir: string,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  // Written by Chromium: where the latest start on this data can be reached.
  const before = read(dataDir, 'DevToolsActivePort');
  const ended = once(child, 'exit');
  await tabTo(page, page.getByRole('button', { name: 'Restart normally' }));
  // The page may be gone before the key is up again.
  await page.keyboard.press('Enter').catch(() => undefined);
  expect(await ended).toEqual([0, null]);
  const port = (): string => read(dataDir, 'DevToolsActivePort');
  await expect.poll(port, { timeout: RESTART_LIMIT_MS }).not.toBe(before);
  const [number = '', path = ''] = port().split('\n');
  const normal = await connectToPage(`ws://127.0.0.1:${number}${path}`);
  try {
    await look(normal.page);
  } finally {
    await normal.browser.close();
    const pid = Number(/\d+$/.exec(readlinkSync(join(dataDir, 'SingletonLock')))?.[0]);
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => isAlive(pid), { timeout: RESTART_LIMIT_MS }).toBe(false);
  }
}

/** Empty while it is not there. */
function read(dataDir: string, name: string): string {
  try {
    return readFileSync(join(dataDir, name), 'utf8');
  } catch {
    return '';
  }
}
