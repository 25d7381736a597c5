import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { hashComponent } from '../../capsules/component/hash.ts';
import type { InstalledCapsule } from '../../capsules/library/library.ts';
import { readFolder } from '../../capsules/source/folder.ts';
import { guestFolder } from '../../testing/guests.ts';
import { startKernel, WORKER_FOLDER } from '../../testing/kernel.ts';
import { transpile } from '../component/transpile.ts';
import { MAX_IDLE_CAPSULE_BYTES, MAX_IDLE_CAPSULES, MAX_IDLE_INSTANCES } from '../limits.ts';
import { createGuestThreads } from '../guest-process/guest-threads.ts';
import { noHost, noMarks } from '../testing.ts';
import { LoadedCapsules, type LoadedCapsulesOptions } from './loaded-capsules.ts';

const { manifest, component, header } = await readFolder(guestFolder('trap'));
const imports = header.imports.map(({ name }) => name);
const transpiled = await transpile(component, imports);

function makeCapsules(get: LoadedCapsulesOptions['cache']['get'] = () => Promise.resolve(transpiled)): {
  readonly capsules: LoadedCapsules;
  readonly stopped: string[];
} {
  const stopped: string[] = [];
  const capsules = new LoadedCapsules(
    {
      library: { readComponent: () => Promise.resolve(component) },
      cache: { get },
      starts: noMarks,
      safeMode: false,
      clock: systemClock,
      pipeline: noHost,
      guestProcesses: createGuestThreads(join(WORKER_FOLDER, 'guest-worker.js')),
      monotonicAnchorNs: 0n,
      stopProcesses: (capsule) => {
        stopped.push(capsule);
        return Promise.resolve();
      },
      cancelProcesses: () => undefined,
      report: () => undefined,
    },
    () => undefined,
  );
  onTestFinished(() => capsules.dispose());
  return { capsules, stopped };
}

function trap(id: string, size = component.length): InstalledCapsule {
  const exports = header.exports.map(({ name }) => name);
  const hash = hashComponent(component);
  const record = {
    schema: 1,
    hash,
    size,
    imports,
    exports,
    grants: 'all',
    enabled: true,
    installedAt: 0,
  } as const;
  return { manifest: { ...manifest, id }, record };
}

const ping = {
  action: 'ping',
  payload: new Uint8Array(),
  principal: 'p',
  timeoutMs: 10_000,
  askedMs: 10_000,
};

describe('loaded capsules of which nothing runs', () => {
  it('are let go of over their number, the one not used for longest first; their processes run on', async () => {
    const { capsules, stopped } = makeCapsules();
    const ids = Array.from({ length: MAX_IDLE_CAPSULES + 2 }, (_, index) => `capsule-${String(index)}`);
    const held = capsules.hold('capsule-1');
    for (const id of ids) {
      await capsules.load(trap(id));
      // A use makes it the latest.
      await capsules.load(trap('capsule-0'));
    }
    const isLoaded = (id: string): boolean => capsules.find(id) !== undefined;
    expect(ids.filter((id) => !isLoaded(id))).toEqual(['capsule-2']);
    held();
    expect(ids.filter((id) => !isLoaded(id))).toEqual(['capsule-1', 'capsule-2']);
    expect(stopped).toEqual([]);
    await capsules.unload('capsule-2');
    expect(stopped).toEqual(['capsule-2']);
    const again = await capsules.load(trap('capsule-1'));
    await expect(again.invoke(ping)).resolves.toMatchObject({ refused: false });
  });

  it('are let go of over their size; one with an instance is not idle, and the latest call stays known', async () => {
    const { capsules } = makeCapsules();
    const half = MAX_IDLE_CAPSULE_BYTES / 2 + 1;
    const busy = await capsules.load(trap('busy', half));
    await busy.invoke(ping);
    await capsules.load(trap('one', half));
    await capsules.load(trap('other', half));
    expect(['busy', 'one', 'other'].map((id) => capsules.find(id) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(capsules.lastCall('busy')).toMatchObject({ action: 'ping', outcome: 'ok' });
    expect(capsules.lastCall('one')).toBeNull();
  });
});

describe('a capsule that is still being prepared', () => {
  it('is unloaded at once, and so is one when everything ends', async () => {
    const { capsules } = makeCapsules(() => new Promise(() => undefined));
    const loading = capsules.load(trap('one')).catch((error: unknown) => error);
    const other = capsules.load(trap('other')).catch((error: unknown) => error);
    await capsules.unload('one');
    await expect(loading).resolves.toMatchObject({ code: 'capsule-disabled' });
    await capsules.dispose();
    await expect(other).resolves.toMatchObject({ code: 'kernel-disposed' });
  });
});

it('answers any number of principals with a bounded number of idle instances', async () => {
  const { kernel } = await startKernel();
  await kernel.install(guestFolder('trap'), { grants: 'all' });
  for (let index = 0; index < MAX_IDLE_INSTANCES + 6; index += 1) {
    const call = kernel.invoke({ capsule: 'trap', action: 'ping', principal: `name-${String(index)}` });
    await expect(call).resolves.toMatchObject({ refused: false });
  }
  await expect.poll(() => kernel.capsules()[0]?.instances.length).toBe(MAX_IDLE_INSTANCES);
  expect(kernel.capsules()[0]?.instances.at(-1)?.principal).toBe(`name-${String(MAX_IDLE_INSTANCES + 5)}`);
});
