import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { bundledInstalled, invoke } from './support/bridge.ts';
import { guestFolder } from './support/guests.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { goTo, install, invokeByHand, openCapsule, openInstallPage, processRow } from './support/places.ts';
import { show } from './support/shoot.ts';

// One window; each place is left open for the next test.
test.describe.configure({ mode: 'serial' });

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
});
test.afterAll(() => desktop.close());

/** All that can differ between light and dark: the page is the same otherwise. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** Places and states, each with what a person does to get there. */
const places: readonly (readonly [name: string, open: () => Promise<void>])[] = [
  ['the empty list of processes', () => bundledInstalled(desktop)],
  ['a capsule', () => openCapsule(desktop.page, 'supervisor')],
  [
    'a capsule that trapped',
    async () => {
      await install(desktop, guestFolder('trap'));
      await openCapsule(desktop.page, 'trap');
      await invokeByHand(desktop.page, 'throw');
      await expect(desktop.page.getByText('throw failed')).toBeVisible();
    },
  ],
  [
    'a field that refuses what was typed',
    async () => {
      await desktop.page.getByRole('textbox', { name: 'As principal' }).fill('bob smith');
      await desktop.page.getByRole('button', { name: 'Invoke', exact: true }).click();
      await expect(desktop.page.getByText('1 to 64 letters')).toBeVisible();
    },
  ],
  [
    'the install page',
    async () => {
      await openInstallPage(desktop, guestFolder('flood'));
    },
  ],
  [
    'the install page beside which something went wrong',
    async () => {
      await desktop.open('/nowhere.capsule');
      await expect(desktop.page.getByRole('dialog').getByRole('alert')).toContainText(
        '1 other could not be opened',
      );
    },
  ],
  [
    'processes with an open log',
    async () => {
      const { page } = desktop;
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.getByRole('button', { name: 'Grant all' }).click();
      await page.getByRole('button', { name: 'Install', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'flood', level: 2, exact: true })).toBeVisible();
      const script = 'printf "\\033[31mred \\033[32mgreen\\033[0m\\n"; echo bad >&2; exit 3';
      await invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label: 'failing' });
      await invoke(page, 'flood', 'start', {
        cmd: 'sh',
        args: ['-c', `trap '' TERM; while :; do sleep 0.1; done`],
        label: 'stubborn',
      });
      await goTo(page, 'Processes');
      await expect(processRow(page, 'failing')).toContainText('exited 3');
      await processRow(page, 'failing').click();
      await expect(page.getByRole('log')).toContainText('green');
      // A notice that fades away would be measured half-way.
      await expect(page.getByText('Installed', { exact: true })).toBeHidden();
    },
  ],
  [
    'the signal menu',
    () => processRow(desktop.page, 'stubborn').getByRole('button', { name: 'Signal' }).click(),
  ],
  ['the question before a kill', () => desktop.page.getByRole('menuitem', { name: /SIGKILL/ }).click()],
];

for (const [name, open] of places) {
  test(`axe finds nothing serious: ${name}`, async () => {
    await open();
    for (const scheme of ['light', 'dark'] as const) {
      await show(desktop, scheme);
      // Colours that are on their way to others would be measured half-way.
      await expect.poll(() => desktop.page.evaluate('document.getAnimations().length')).toBe(0);
      // Legacy mode: the usual one opens a page of its own, which this window forbids.
      const axe = new AxeBuilder({ page: desktop.page }).setLegacyMode();
      const { violations } = await (scheme === 'dark' ? axe.withRules(RULES_OF_COLOUR) : axe).analyze();
      const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({
          id,
          scheme,
          nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
        }));
      expect(serious).toEqual([]);
    }
  });
}
