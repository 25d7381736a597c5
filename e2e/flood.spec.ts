import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { install, invoke, processesOf, request } from './support/bridge.ts';
import { launch, root, type Launched } from './support/launch.ts';
import { residentBytes } from './support/os-processes.ts';
import { watchFrames } from './support/responsiveness.ts';

const BYTES = 2 * 1024 ** 3;
/** A hundredth of the flood, and well above what rings, buffers and a lazy collector take. */
const GROWTH_LIMIT = 200 * 1024 ** 2;
const HUNG_MS = 1000;

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
  await install(desktop.app, desktop.page, join(root, 'e2e', 'guests', 'flood'));
});
test.afterAll(() => desktop.close());

test('two gigabytes as fast as they come: memory flat, window alive, every byte accounted for', async () => {
  const pid = desktop.app.process().pid ?? 0;
  const before = residentBytes(pid);
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, 100);
  const frames = await watchFrames(desktop.page);
  try {
    await invoke(desktop.page, 'flood', 'start', {
      cmd: 'sh',
      args: ['-c', `head -c ${BYTES} /dev/zero`],
      label: 'two gigabytes',
    });
    const ended = async () => (await processesOf(desktop.page, 'flood'))[0]?.stdout.ended;
    await expect.poll(ended, { timeout: 50_000 }).toBe(true);
  } finally {
    clearInterval(sampling);
  }
  const [process] = await processesOf(desktop.page, 'flood');
  const { produced, dropped, retained } = process?.stdout ?? { produced: 0, dropped: 0, retained: 0 };
  expect(produced).toBe(BYTES);
  expect(dropped + retained).toBe(produced);
  expect((await frames()).longest).toBeLessThan(HUNG_MS);
  expect(peak - before).toBeLessThan(GROWTH_LIMIT);
  const argument = { key: process?.key ?? '', stream: 'stdout', cursor: null, maxBytes: 4096 } as const;
  const page = await request(desktop.page, 'logs.read', argument);
  expect(page.start).toBe(dropped);
});
