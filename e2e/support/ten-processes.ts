import { expect } from '@playwright/test';
import { invoke, processesOf } from './bridge.ts';
import { guestFolder } from './guests.ts';
import type { Launched } from './launched.ts';
import { pidsWith } from './os-processes.ts';
import { install } from './places.ts';

/** What one principal may run of one capsule at a time; ten processes therefore come from two capsules. */
const PER_CAPSULE = 5;

/** Starts ten persistent processes that ignore TERM, and answers the word that their command lines share. */
export async function startTen(desktop: Launched): Promise<string> {
  const { page } = desktop;
  const marker = `orphan-check-${process.pid}-${Date.now()}`;
  const script = `trap '' TERM; : ${marker}; while :; do sleep 0.2; done`;
  for (const guest of ['flood', 'probe']) {
    await install(desktop, guestFolder(guest));
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
