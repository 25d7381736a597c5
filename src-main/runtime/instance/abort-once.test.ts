import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readComponentHeader } from '../../capsules/component/header.ts';
import { guestFolder } from '../../testing/guests.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { planComponent } from '../component/planned-component.ts';
import { transpile, type TranspiledComponent } from '../component/transpile.ts';
import type { LoadedComponent } from '../guest-process/guest-process.ts';
import { createGuestThreads } from '../guest-process/guest-threads.ts';
import { GuestInstance } from './instance.ts';
import { instanceOptions } from './testing.ts';

const threads = createGuestThreads(join(WORKER_FOLDER, 'guest-worker.js'));
const load = (component: TranspiledComponent, limitBytes: number): Promise<LoadedComponent> =>
  threads.load(planComponent(component, limitBytes));

const MEMORY_BYTES = 64 * 1_024 * 1_024;

it('a call that is overdue and then cancelled as well is aborted once, and told as overdue', async () => {
  const bytes = await readFile(join(guestFolder('trap'), 'build', 'trap.wasm'));
  const imports = readComponentHeader(bytes).imports.map(({ name }) => name);
  const instance = new GuestInstance(
    instanceOptions({
      guestProcesses: threads,
      component: await load(await transpile(bytes, imports), MEMORY_BYTES),
      memoryLimitBytes: MEMORY_BYTES,
    }),
  );
  onTestFinished(() => instance.terminate());
  const cancel = new AbortController();
  let aborts = 0;
  const outcome = instance.call('astridHookTrigger', ['ping', new Uint8Array()], {
    invocation: null,
    // The guest's thread takes longer than that to start.
    timeoutMs: 1,
    signal: cancel.signal,
    onAbort: () => {
      aborts += 1;
      cancel.abort();
    },
  });
  await expect(outcome).resolves.toMatchObject({ kind: 'timed-out' });
  expect(aborts).toBe(1);
});
