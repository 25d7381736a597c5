import { expect, test } from '@playwright/test';
import { endBy } from './support/child.ts';
import { launch } from './support/launch.ts';
import { pidsWith } from './support/os-processes.ts';
import { differsBy } from './support/tags.ts';
import { startTen } from './support/ten-processes.ts';

test('kill -9 of the application leaves no orphan', differsBy('@user'), async () => {
  const desktop = await launch();
  try {
    const marker = await startTen(desktop);
    await endBy(desktop.child, 'SIGKILL');
    await expect.poll(() => pidsWith(marker), { timeout: 15_000 }).toEqual([]);
  } finally {
    await desktop.close();
  }
});

test('SIGTERM ends what runs before the application goes', differsBy('@user'), async () => {
  const desktop = await launch();
  try {
    const marker = await startTen(desktop);
    expect(await endBy(desktop.child, 'SIGTERM')).toEqual([0, null]);
    expect(pidsWith(marker)).toEqual([]);
  } finally {
    await desktop.close();
  }
});
