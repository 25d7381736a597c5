import { once } from 'node:events';
import { expect, test } from '@playwright/test';
import { launchWithHook } from '../support/launch-with-hook.ts';
import { pidsWith } from '../support/os-processes.ts';
import { startTen } from '../support/ten-processes.ts';

test('quitting from the menu ends what runs before the application goes', async () => {
  const desktop = await launchWithHook();
  try {
    const marker = await startTen(desktop);
    const ended = once(desktop.child, 'exit');
    await desktop.inMain(({ app }) => app.quit(), null);
    expect(await ended).toEqual([0, null]);
    expect(pidsWith(marker)).toEqual([]);
  } finally {
    await desktop.close();
  }
});
