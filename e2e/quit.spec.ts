import { once } from 'node:events';
import { expect, test } from '@playwright/test';
import { launch } from './support/launch.ts';
import { pidsWith } from './support/os-processes.ts';
import { differsBy } from './support/tags.ts';
import { startTen } from './support/ten-processes.ts';

test('kill -9 of the application leaves no orphan', differsBy('@user'), async () => {
  const desktop = await launch();
  try {
    const marker = await startTen(desktop);
    const { child } = desktop;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => pidsWith(marker), { timeout: 15_000 }).toEqual([]);
  } finally {
    await desktop.close();
  }
});

test('SIGTERM ends what runs before the application goes', differsBy('@user'), async () => {
  const desktop = await launch();
  try {
    const marker = await startTen(desktop);
    const ended = once(desktop.child, 'exit');
    desktop.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(pidsWith(marker)).toEqual([]);
  } finally {
    await desktop.close();
  }
});
