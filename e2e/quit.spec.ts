import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { install, invoke, processesOf } from './support/bridge.ts';
import { launch, root, type Launched } from './support/launch.ts';
import { pidsWith } from './support/os-processes.ts';

/** What one principal may run of one capsule at a time; ten processes therefore come from two capsules. */
const PER_CAPSULE = 5;

/** Starts ten persistent processes that ignore TERM, and answers the word that their command lines share. */
async function startTen(desktop: Launched): Promise<string> {
  const { page } = desktop;
  const marker = `orphan-check-${process.pid}-${Date.now()}`;
  const script = `trap '' TERM; : ${marker}; while :; do sleep 0.2; done`;
  for (const guest of ['flood', 'probe']) {
    await install(desktop, join(root, 'e2e', 'guests', guest));
  }
  for (let index = 0; index < PER_CAPSULE; index += 1) {
    const spec = { cmd: 'sh', args: ['-c', script], label: `child ${index}` };
    await invoke(page, 'flood', 'start', spec);
    await invoke(page, 'probe', 'process.spawnPersistent', { args: [{ ...spec, env: [] }] });
  }
  const running = async () => {
    const all = [...(await processesOf(page, 'flood')), ...(await processesOf(page, 'probe'))];
    return all.filter(({ phase }) => phase === 'running').length;
  };
  await expect.poll(running).toBe(2 * PER_CAPSULE);
  expect(pidsWith(marker).length).toBeGreaterThanOrEqual(2 * PER_CAPSULE);
  return marker;
}

test('kill -9 of the application leaves no orphan', async () => {
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

for (const [how, quit] of [
  ['quitting from the menu', ({ inMain }: Launched) => inMain(({ app }) => app.quit(), null)],
  ['SIGTERM', ({ child }: Launched) => Promise.resolve(void child.kill('SIGTERM'))],
] as const) {
  test(`${how} ends what runs before the application goes`, async () => {
    const desktop = await launch();
    try {
      const marker = await startTen(desktop);
      const ended = once(desktop.child, 'exit');
      await quit(desktop);
      expect(await ended).toEqual([0, null]);
      expect(pidsWith(marker)).toEqual([]);
    } finally {
      await desktop.close();
    }
  });
}
