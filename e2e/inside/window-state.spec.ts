import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { temporaryFolder } from '../support/account.ts';
import { removeUnused } from '../support/child.ts';
import { launchWithHook, type LaunchedWithHook } from '../support/launch-with-hook.ts';

const folder = temporaryFolder(null);
const data = join(folder, 'kept');
mkdirSync(data);
test.afterAll(() => removeUnused(folder));

const start = (): Promise<LaunchedWithHook> => launchWithHook({ env: { CAPSULE_DESKTOP_DATA: data } });
const bounds = ({ inMain }: LaunchedWithHook) =>
  inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds(), null);

test('the window comes back where it was, and in sight when what was kept is damaged', async () => {
  const place = { x: 130, y: 70, width: 910, height: 620 };
  const first = await start();
  await first.inMain(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), place);
  await expect.poll(() => bounds(first)).toEqual(place);
  // At once: what is kept late is kept when the application ends.
  await first.close();

  const second = await start();
  expect(await bounds(second)).toEqual(place);
  await second.close();

  writeFileSync(join(data, 'window.json'), '{"x":30000,"y":-30000,"width":910,"height":620}');
  const third = await start();
  const moved = await bounds(third);
  const area = await third.inMain(({ screen }) => screen.getPrimaryDisplay().workArea, null);
  expect(moved).toEqual({ x: area.x + area.width - 910, y: area.y, width: 910, height: 620 });
  await third.close();

  writeFileSync(join(data, 'window.json'), '{"x":');
  const fourth = await start();
  expect(await bounds(fourth)).toMatchObject({ width: 1280, height: 800 });
  await fourth.close();
});
