import { expect, test } from '@playwright/test';
import { snapshot } from './support/bridge.ts';
import { guestFolder } from './support/guests.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { install, invokeByHand, openCapsule } from './support/places.ts';
import { HUNG_MS, watchFrames } from './support/responsiveness.ts';
import { shoot } from './support/shoot.ts';

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
  for (const guest of ['spinner', 'hog', 'trap']) {
    await install(desktop, guestFolder(guest));
  }
});
test.afterAll(() => desktop.close());

/** What the window says of the latest call of the capsule on show. */
function expectLastCall(words: string): Promise<void> {
  return expect(desktop.page.getByRole('region', { name: 'Last call' })).toContainText(words);
}

/** The next call works, by hand as well, and its guest has forgotten what the last one did. */
async function expectPing(fresh: string): Promise<void> {
  await invokeByHand(desktop.page, 'ping');
  await expect(desktop.page.getByRole('status', { name: 'Result' })).toContainText(fresh);
  await expectLastCall('ping succeeded');
}

test('a guest that grows without end is stopped at its memory limit, and the next call works', async () => {
  const frames = await watchFrames(desktop.page);
  await openCapsule(desktop.page, 'hog');
  await invokeByHand(desktop.page, 'grow');
  await expectLastCall('grow ran out of memory');
  expect((await frames()).longest).toBeLessThan(HUNG_MS);
  await shoot(desktop, 'invoke-out-of-memory');
  await expectPing('"mib": 0');
});

test('a guest that traps is replaced, and the next call gets a fresh instance', async () => {
  await openCapsule(desktop.page, 'trap');
  for (const action of ['throw', 'recurse']) {
    await invokeByHand(desktop.page, action);
    await expectLastCall(`${action} crashed the capsule (trap)`);
    await expect(desktop.page.getByRole('alert')).toContainText(`${action} failed`);
    if (action === 'throw') {
      await shoot(desktop, 'invoke-trapped');
    }
    await expectPing('"calls": 1');
  }
});

test('a guest that loops for ever leaves the window responsive, can be cancelled, and the next call works', async () => {
  const { page } = desktop;
  const frames = await watchFrames(page);
  await openCapsule(page, 'spinner');
  await invokeByHand(page, 'spin');
  await expect(page.getByText(/spin has been running for [1-9]\d* s/)).toBeVisible();
  const { capsules } = await snapshot(page);
  const spinner = capsules.find(({ id }) => id === 'spinner');
  expect(spinner?.instances).toContainEqual(expect.objectContaining({ state: 'busy' }));
  const { frames: count, longest } = await frames();
  expect(count).toBeGreaterThan(0);
  expect(longest).toBeLessThan(HUNG_MS);
  await shoot(desktop, 'invoke-running');
  await page.getByRole('button', { name: 'Cancel call' }).click();
  await expectLastCall('spin was cancelled');
  await expectPing('"turns": 0');
});
