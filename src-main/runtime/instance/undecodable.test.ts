import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createGuestThreads } from '../guest-process/guest-threads.ts';
import { GuestInstance } from './instance.ts';
import { instanceOptions } from './testing.ts';

/** What a guest's thread would do that some component had taken over: it sends what is no request, and waits. */
const TAKEN_OVER = `
  import { parentPort } from 'node:worker_threads';
  let started;
  parentPort.on('message', ({ kind, start }) => {
    if (kind === 'start') {
      started = start;
      parentPort.postMessage({ kind: 'started' });
      return;
    }
    started.questions.postMessage({ id: 1, frame: Uint8Array.of(0xff, 0xff, 0xff) });
    Atomics.wait(new Int32Array(started.shared), 0, 0);
    for (;;) {}
  });
`;

it('an instance that sends what is no request is ended, and its call says so', async () => {
  const workerFile = join(await temporaryFolder(), 'taken-over.mjs');
  await writeFile(workerFile, TAKEN_OVER);
  const instance = new GuestInstance(
    instanceOptions({
      guestProcesses: createGuestThreads(workerFile),
      component: { script: '', modules: new Map(), imports: [], exports: ['run'] },
      memoryLimitBytes: 65_536,
    }),
  );
  onTestFinished(() => instance.terminate());
  await expect(instance.call('run', [], { invocation: null })).resolves.toEqual({
    kind: 'trapped',
    message: 'The guest sent a message that cannot be read: the message names no function of the contract.',
  });
  expect(instance.alive).toBe(false);
});
