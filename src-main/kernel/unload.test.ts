import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcessView } from '../contract/views.ts';
import { probeIn, shell } from '../host/testing.ts';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel } from '../testing/kernel.ts';

/** On TERM it needs a while to save its work. */
const saving = (name: string): object =>
  shell(`trap "sleep 0.4; echo saved > ${name}; exit 5" TERM; echo up; while :; do sleep 0.01; done`);
const DEAF = 'trap "" TERM INT HUP; echo up; while :; do sleep 0.01; done';

describe('a capsule that goes', () => {
  it.each([
    ['disabled', 'unloaded'],
    ['removed', 'unloaded'],
    ['closed with the application', 'shutdown'],
  ])(
    'because it is %s leaves its programs time to save their work, and leaves none running',
    async (how, reason) => {
      const dataDir = await dataFolder();
      const { kernel, events } = await openKernel(dataDir);
      try {
        await kernel.install(guestFolder('probe'), { grants: 'all' });
        const probe = probeIn(kernel);
        await probe.ok('process.spawnBackground', [saving('background')]);
        await probe.ok('process.spawnPersistent', [saving('persistent')]);
        await probe.ok('process.spawnPersistent', [shell(DEAF)]);
        const waiting = probe.ask('process.spawn', [saving('sync')]).catch((error: unknown) => error);
        await expect
          .poll(() => kernel.processes().filter(({ stdout }) => stdout.produced > 0))
          .toHaveLength(4);
        const pids = kernel.processes().map(({ osPid }) => osPid ?? 0);
        if (how === 'disabled') {
          await kernel.setEnabled('probe', false);
        } else if (how === 'removed') {
          await kernel.remove('probe');
        } else {
          await kernel.dispose();
        }
        await waiting;
        const last = new Map<string, ProcessView>();
        for (const event of events) {
          if (event.kind === 'process') {
            last.set(event.process.key, event.process);
          }
        }
        expect([...last.values()].map(({ exit }) => exit)).toEqual([
          { code: 5, signal: null, reason },
          { code: 5, signal: null, reason },
          { code: null, signal: 9, reason },
          { code: 5, signal: null, reason },
        ]);
        for (const name of ['background', 'persistent', 'sync']) {
          const file = join(dataDir, 'workspaces', 'default', 'probe', name);
          await expect(readFile(file, 'utf8')).resolves.toBe('saved\n');
        }
        expect(pids.filter(isAlive)).toEqual([]);
      } finally {
        await kernel.dispose();
      }
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
