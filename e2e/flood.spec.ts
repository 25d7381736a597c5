import { expect, test } from '@playwright/test';
import { invoke, processesOf, request } from './support/bridge.ts';
import { guestFolder } from './support/guests.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { residentBytes } from './support/os-processes.ts';
import { goTo, install, processRow } from './support/places.ts';
import { HUNG_MS, watchFrames } from './support/responsiveness.ts';
import { shoot } from './support/shoot.ts';
import { differsBy } from './support/tags.ts';

const BYTES = 2 * 1024 ** 3;
/** A hundredth of the flood, and well above what rings, buffers and a lazy collector take. */
const GROWTH_LIMIT = 200 * 1024 ** 2;

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
  await install(desktop, guestFolder('flood'));
});
test.afterAll(() => desktop.close());

test(
  'two gigabytes as fast as they come: memory flat, window alive, every byte accounted for',
  differsBy('@user'),
  async () => {
    const { page } = desktop;
    const pid = desktop.child.pid ?? 0;
    const before = residentBytes(pid);
    let peak = before;
    const sampling = setInterval(() => {
      peak = Math.max(peak, residentBytes(pid));
    }, 100);
    const frames = await watchFrames(page);
    try {
      await invoke(page, 'flood', 'start', {
        cmd: 'sh',
        args: ['-c', `head -c ${BYTES} /dev/zero`],
        label: 'two gigabytes',
      });
      const ended = async () => (await processesOf(page, 'flood'))[0]?.stdout.ended;
      await expect.poll(ended, { timeout: 50_000 }).toBe(true);
    } finally {
      clearInterval(sampling);
    }
    const [process] = await processesOf(page, 'flood');
    const { produced, dropped, retained } = process?.stdout ?? { produced: 0, dropped: 0, retained: 0 };
    expect(produced).toBe(BYTES);
    expect(dropped + retained).toBe(produced);
    expect((await frames()).longest).toBeLessThan(HUNG_MS);
    expect(peak - before).toBeLessThan(GROWTH_LIMIT);
    const argument = { key: process?.key ?? '', stream: 'stdout', cursor: null, maxBytes: 4096 } as const;
    expect((await request(page, 'logs.read', argument)).start).toBe(dropped);
    // The window says the same: 2.1 GB written, what is retained, the rest lost, and the hole with its exact size.
    await goTo(page, 'Processes');
    await processRow(page, 'two gigabytes').click();
    const log = page.getByRole('region', { name: 'Log' });
    await expect(log).toContainText(/stdout 2\.1 GB written · .+ retained · 2\.1 GB lost · ended/);
    await log.getByRole('log').press('Home');
    await expect(log.getByRole('note')).toContainText(`exactly ${dropped.toLocaleString('en-GB')} bytes`);
    await expect(log.getByRole('note')).not.toContainText('earlier output');
    await shoot(desktop, 'log-hole');
  },
);

test('the log of a process that never stops writing can be followed, left, read and followed again', async () => {
  const { page } = desktop;
  const script = 'i=0; while :; do i=$((i+1)); echo "line $i of a flood"; done';
  await invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label: 'endless' });
  await goTo(page, 'Processes');
  const following = await watchFrames(page);
  await processRow(page, 'endless').click();
  const log = page.getByRole('region', { name: 'Log' });
  const lines = log.getByRole('log');
  await expect(lines).toContainText(/line \d+ of a flood/);
  await expect(log).toContainText(/lost/);
  expect((await following()).longest).toBeLessThan(HUNG_MS);
  await shoot(desktop, 'log-flood');
  const reading = await watchFrames(page);
  await lines.press('PageUp');
  await expect(log.getByRole('button', { name: 'Follow', exact: true })).toBeVisible();
  await expect(log.getByRole('button', { name: /new/ })).toBeVisible();
  const produced = async () =>
    (await processesOf(page, 'flood')).find(({ label }) => label === 'endless')?.stdout.produced ?? 0;
  let held = '';
  // What is read stays where it is, however much comes behind it; again, as a key scrolls smoothly for a moment.
  await expect(async () => {
    held = await lines.innerText();
    const before = await produced();
    await expect.poll(produced).toBeGreaterThan(before + 1024 ** 2);
    expect(await lines.innerText()).toBe(held);
  }).toPass({ timeout: 20_000 });
  await log.getByRole('button', { name: /new/ }).click();
  await expect.poll(() => lines.innerText()).not.toBe(held);
  await processRow(page, 'endless').getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(log).toContainText('ended');
  expect((await reading()).longest).toBeLessThan(HUNG_MS);
});
