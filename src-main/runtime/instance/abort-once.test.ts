import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readComponentHeader } from '../../capsules/component/header.ts';
import { noRights } from '../../policy/rights.ts';
import { guestFolder } from '../../testing/guests.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { compileComponent } from '../component/compiled-component.ts';
import { transpile } from '../component/transpile.ts';
import { noHost } from '../testing.ts';
import { GuestInstance } from './instance.ts';

const MEMORY_BYTES = 64 * 1_024 * 1_024;

it('a call that is overdue and then cancelled as well is aborted once, and told as overdue', async () => {
  const bytes = await readFile(join(guestFolder('trap'), 'build', 'trap.wasm'));
  const imports = readComponentHeader(bytes).imports.map(({ name }) => name);
  const instance = new GuestInstance({
    workerFile: join(WORKER_FOLDER, 'guest-worker.js'),
    component: await compileComponent(await transpile(bytes, imports), MEMORY_BYTES),
    capsule: 'trap',
    capsuleUuid: '',
    principal: 'default',
    rights: noRights,
    memoryLimitBytes: MEMORY_BYTES,
    monotonicAnchorNs: 0n,
    pipeline: noHost,
    report: () => undefined,
  });
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
