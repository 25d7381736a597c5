import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { expect, test, type Locator } from '@playwright/test';
import { temporaryFolder } from './support/account.ts';
import { askProgram } from './support/ask-program.ts';
import { bundledInstalled, snapshot } from './support/bridge.ts';
import { removeUnused } from './support/child.ts';
import { guestFolder } from './support/guests.ts';
import { tabTo } from './support/keyboard.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { installed } from './support/program.ts';
import { resize, shoot } from './support/shoot.ts';
import { differsBy } from './support/tags.ts';

const folder = temporaryFolder(installed?.account ?? null);
const archive = join(folder, 'a trap.capsule');
const link = `capsule:install?file=${encodeURIComponent(archive)}`;
let desktop: Launched;

test.beforeAll(async () => {
  const guest = guestFolder('trap');
  execFileSync('tar', ['-czf', archive, '-C', guest, 'Capsule.toml', 'build/trap.wasm']);
  writeFileSync(join(folder, 'text.capsule'), 'not a capsule');
  writeFileSync(join(folder, 'notes.txt'), 'not a capsule');
  writeFileSync(join(folder, 'line\nbreak.capsule'), 'not a capsule');
  mkdirSync(join(folder, 'empty'));
  mkdirSync(join(folder, 'unsafe'));
  writeFileSync(
    join(folder, 'unsafe', 'Capsule.toml'),
    '[package]\nname = "unsafe"\nversion = "1.0.0"\n\n[[component]]\nfile = "c.wasm"\n',
  );
  const name = `x'];try{process.exit()}catch{};${'//'.repeat(60)}`;
  const component = await parse(`(component (core module (func (export "${name}"))))`);
  writeFileSync(join(folder, 'unsafe', 'c.wasm'), component);
  desktop = await launch();
  await bundledInstalled(desktop);
});
test.afterAll(async () => {
  await desktop.close();
  rmSync(folder, { recursive: true, force: true });
});

const installPage = ({ page }: Launched, id: string): Locator =>
  page.getByRole('dialog', { name: new RegExp(`^Install ${id} `) });

/** Nothing but what ships with the application is installed, and nothing runs. */
async function expectNothingDone({ page }: Launched): Promise<void> {
  const { capsules, processes } = await snapshot(page);
  expect(capsules.filter(({ id }) => !['repl', 'runner', 'supervisor'].includes(id))).toEqual([]);
  expect(capsules.flatMap(({ lastCall }) => lastCall ?? [])).toEqual([]);
  expect(processes).toEqual([]);
}

async function putAway(page: Locator): Promise<void> {
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page).toBeHidden();
}

for (const [how, source] of [
  ['a file', () => archive],
  ['a file: address', () => `file://${encodeURI(archive)}`],
  ['a link', () => link],
  ['a link as some desktops write it', () => link.replace('capsule:', 'CAPSULE://')],
  ['a folder', () => guestFolder('trap')],
  // An installed program is started in a folder of its own.
  ...(installed === null
    ? [['a relative path', () => relative(process.cwd(), guestFolder('trap'))] as const]
    : []),
] as const) {
  test(
    `${how} opens the install page of the running application, and nothing runs`,
    differsBy('@start'),
    async () => {
      await desktop.open(source());
      const page = installPage(desktop, 'trap');
      await expect(page).toContainText('None of its code has run.');
      await expectNothingDone(desktop);
      if (how === 'a link') {
        await shoot(desktop, 'opened-by-link');
      }
      await putAway(page);
      await expectNothingDone(desktop);
    },
  );
}

test('an Enter that was meant for something else installs nothing', async () => {
  await desktop.open(link);
  await expect(
    installPage(desktop, 'trap').getByRole('button', { name: 'Cancel', exact: true }),
  ).toBeFocused();
  await desktop.page.keyboard.press('Enter');
  await expect(installPage(desktop, 'trap')).toBeHidden();
  await expectNothingDone(desktop);
});

test('several are shown one after the other, and again after a reload', async () => {
  await desktop.open(archive, guestFolder('flood'));
  await expect(installPage(desktop, 'trap')).toContainText('1 more to review.');
  await desktop.page.reload();
  await expect(installPage(desktop, 'trap')).toContainText('1 more to review.');
  await putAway(installPage(desktop, 'trap'));
  await expect(installPage(desktop, 'flood')).not.toContainText('more to review');
  await putAway(installPage(desktop, 'flood'));
  await expectNothingDone(desktop);
});

// One page that is as high as the window lets it, one that is lower.
for (const [id, width, height] of [
  ['flood', 800, 600],
  ['trap', 1280, 800],
] as const) {
  test(`what goes wrong beside the install page of ${id} is said on it, within reach of the keyboard`, async () => {
    const { page } = desktop;
    await resize(desktop, width, height);
    // There before the page, which comes over it.
    await desktop.open(join(folder, 'early.capsule'));
    const notice = page.getByRole('alert').filter({ hasText: 'Could not open early.capsule' });
    await expect(notice).toBeVisible();
    await desktop.open(guestFolder(id));
    const dialog = installPage(desktop, id);
    const cancel = dialog.getByRole('button', { name: 'Cancel', exact: true });
    await expect(cancel).toBeFocused();
    await cancel.click({ trial: true });
    await dialog.getByRole('button', { name: 'Install', exact: true }).click({ trial: true });
    const place = await cancel.boundingBox();

    await desktop.open(join(folder, 'missing.capsule'));
    await desktop.open(join(folder, 'text.capsule'));
    const line = dialog.getByRole('alert');
    await expect(line).toContainText(/2 others could not be opened:\s*missing.capsule: /);
    await expect(line).toContainText('text.capsule: ');
    await expect(line).toContainText('does not exist');
    // Nothing moved, and nothing lies over the buttons.
    expect(await cancel.boundingBox()).toEqual(place);
    await cancel.click({ trial: true });
    await shoot(desktop, `install-problem-${id}`);
    await tabTo(page, line.getByRole('button', { name: 'Dismiss' }));
    await page.keyboard.press('Enter');
    await expect(line).toBeHidden();
    await expect(dialog.getByRole('region')).toBeFocused();

    await putAway(dialog);
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expectNothingDone(desktop);
  });
}

test('an install that fails says so on its page, which stays', async () => {
  const { page } = desktop;
  await desktop.open(guestFolder('bad-install'));
  const dialog = installPage(desktop, 'bad-install');
  await tabTo(page, dialog.getByRole('button', { name: 'Install', exact: true }));
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('Not installed.');
  await expect(dialog.getByRole('button', { name: 'Install', exact: true })).toBeFocused();
  await putAway(dialog);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expectNothingDone(desktop);
});

for (const [what, source, says] of [
  ['a file that is missing', () => join(folder, 'missing.capsule'), 'does not exist'],
  ['a link to a file that is missing', () => link.replace('trap', 'tarp'), 'does not exist'],
  ['a file that only has the name', () => join(folder, 'text.capsule'), 'is not a .capsule file'],
  ['another file', () => join(folder, 'notes.txt'), 'neither a .capsule file nor a folder'],
  ['a folder without a manifest', () => join(folder, 'empty'), 'There is no Capsule.toml'],
  ['an address', () => 'https://example.org/x.capsule', 'Network addresses are not supported'],
  [
    'a link to an address',
    () => 'capsule:install?file=https%3A%2F%2Fx.org%2Fx.capsule',
    'points to a network address',
  ],
  ['a component whose name is code', () => join(folder, 'unsafe'), 'has an unsafe name'],
  ['a link that wants more', () => `${link}&grant=all`, 'does not name a file'],
  ['a control character', () => join(folder, 'line\nbreak.capsule'), 'control characters'],
  ['a control character in a link', () => link.replace('trap', 'tr%1B%5B2Jap'), 'control characters'],
  [
    'a link longer than a message may be',
    () => link + '%20'.repeat(20_000),
    'at most 16 capsules can be opened at once',
  ],
] as const) {
  test(`${what} is refused where the person sees it`, async () => {
    const { page, child } = desktop;
    await desktop.open(source());
    const notice = page.getByRole('alert').filter({ hasText: 'Could not open ' });
    await expect(notice).toContainText(says);
    // All of it can be read: Mantine gives a notice a height of its own, and hides the rest.
    await expect.poll(() => notice.evaluate((box) => box.scrollHeight - box.clientHeight)).toBe(0);
    if (what === 'a component whose name is code') {
      await shoot(desktop, 'refused');
    }
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await expect(notice).toBeHidden();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expectNothingDone(desktop);
    // Chromium kills a running application that it takes for hung.
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });
}

for (const [how, source] of [
  ['a file', archive],
  ['a link', link],
] as const) {
  test(
    `${how} opens the install page of an application that it starts, and nothing runs`,
    differsBy('@start'),
    async () => {
      const started = await launch({ args: [source] });
      try {
        await expect(installPage(started, 'trap')).toBeVisible();
        await bundledInstalled(started);
        await expectNothingDone(started);
        await putAway(installPage(started, 'trap'));
      } finally {
        await started.close();
      }
    },
  );
}

test(
  'an application that is started with something hostile starts and says so',
  differsBy('@start'),
  async () => {
    const started = await launch({ args: ['capsule:run?everything', '--', '--not-a-flag.capsule'] });
    try {
      const notices = started.page.getByRole('alert').filter({ hasText: 'Could not open ' });
      await expect(notices).toHaveCount(2);
      await expect(notices.last()).toContainText('does not exist');
    } finally {
      await started.close();
    }
  },
);

test(
  '--version and --help answer in one go: no window, no data folder, no display',
  differsBy('@start'),
  async () => {
    const dataDir = join(folder, 'never');
    const version = await askProgram(desktop, '--version', dataDir);
    expect(version.text).toMatch(
      /^Capsule Desktop \d+\.\d+\.\d+[\w.-]* \((commit [0-9a-f]{7}, built \d{4}-\d\d-\d\d|built from source); Electron [\d.]+\)\n$/,
    );
    const help = await askProgram(desktop, '--help', dataDir);
    expect(help.text).toContain(`Data folder: ${dataDir}\n`);
    expect([version.code, help.code, existsSync(dataDir)]).toEqual([0, 0, false]);
  },
);

test(
  '--help names the data folder whole, and its own one when the environment names none',
  differsBy('@start'),
  async () => {
    // It is asked in the root folder.
    expect((await askProgram(desktop, '--help', 'never/there')).text).toContain(
      'Data folder: /never/there\n',
    );
    expect((await askProgram(desktop, '--help', '')).text).toMatch(/^Data folder: \/.+$/m);
  },
);

// Of an installed program that is a folder beside the one that it is started in.
const place = join(folder, 'data');
const startedIn = installed === null ? process.cwd() : join(dirname(folder), 'its own folder');
for (const [what, env, kept] of [
  ['a relative data folder', { CAPSULE_DESKTOP_DATA: relative(startedIn, place) }, () => [basename(place)]],
  // Elsewhere the system does not say otherwise where the application's own data is.
  ...(process.platform === 'linux'
    ? [
        [
          'an empty name of one, which is none',
          { CAPSULE_DESKTOP_DATA: '', XDG_CONFIG_HOME: place },
          () => readdirSync(place).map((name) => join(basename(place), name)),
        ] as const,
      ]
    : []),
] as const) {
  test(`starts with ${what}`, differsBy('@start'), async () => {
    const started = await launch({ env });
    try {
      await bundledInstalled(started);
      expect(kept().map((name) => existsSync(join(folder, name, 'capsules', 'repl')))).toContain(true);
    } finally {
      await started.close();
      await removeUnused(place);
    }
  });
}
