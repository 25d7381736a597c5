import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { loginEnvironment, temporaryFolder } from '../support/account.ts';
import { runToEnd } from '../support/child.ts';
import { guestFolder } from '../support/guests.ts';
import { launch } from '../support/launch.ts';
import type { Launched } from '../support/launched.ts';
import { installed } from '../support/program.ts';

// What the package tells the desktop, asked of the desktop's own tools.
const ENTRY = '/usr/share/applications/capsule-desktop.desktop';
const account = installed?.account ?? null;
const folder = temporaryFolder(account);
const archive = join(folder, 'opened by the desktop.capsule');
let desktop: Launched;

test.beforeAll(async () => {
  execFileSync('tar', ['-czf', archive, '-C', guestFolder('trap'), 'Capsule.toml', 'build/trap.wasm']);
  desktop = await launch();
});
test.afterAll(async () => {
  await desktop.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the menu entry is sound and the icon is there in every size', () => {
  execFileSync('desktop-file-validate', [ENTRY]);
  const entry = readFileSync(ENTRY, 'utf8');
  expect(entry).toContain('MimeType=application/x-capsule;x-scheme-handler/capsule;');
  const icons = execFileSync('find', ['/usr/share/icons/hicolor', '-name', 'capsule-desktop.png'], {
    encoding: 'utf8',
  });
  expect(icons.trim().split('\n')).toHaveLength(9);
});

for (const [what, target] of [
  ['a .capsule file', archive],
  ['a capsule: link', `capsule:install?file=${encodeURIComponent(archive)}`],
] as const) {
  test(`the desktop opens ${what} with the running program: its install page, and nothing runs`, async () => {
    const base = account === null ? process.env : loginEnvironment(account, folder);
    const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
    const env = { ...base, CAPSULE_DESKTOP_DATA: desktop.dataDir };
    await runToEnd('gio', ['open', target], { ...identity, cwd: folder, env });
    const page = desktop.page.getByRole('dialog', { name: /^Install trap / });
    await expect(page).toContainText('None of its code has run.', { timeout: 15_000 });
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect(page).toBeHidden();
  });
}
