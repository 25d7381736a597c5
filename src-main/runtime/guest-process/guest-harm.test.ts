import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { until } from '../../os/testing.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { planComponent } from '../component/planned-component.ts';
import { transpile } from '../component/transpile.ts';
import { GuestInstance } from '../instance/instance.ts';
import { createGuestPrograms, type GuestPrograms } from './guest-programs.ts';
import { hostOf, instanceOptions } from '../instance/testing.ts';

const LIMIT_BYTES = 64 * 65_536;
const SECOND_START = 2;

const spawner = new SandboxSpawner(WORKER_FOLDER);
afterAll(() => spawner.dispose());

const bytes = await parse(`(component
  (core module $m (func (export "run"))) (core instance $i (instantiate $m))
  (func $run (canon lift (core func $i "run"))) (export "run" (func $run)))`);
const component = planComponent(await transpile(bytes, []), LIMIT_BYTES);

function startInstance(guests: GuestPrograms): GuestInstance {
  const instance = new GuestInstance(
    instanceOptions({
      guestProcesses: guests,
      component,
      memoryLimitBytes: LIMIT_BYTES,
      pipeline: hostOf(() => Promise.resolve({ tag: 'ok', value: undefined })),
    }),
  );
  onTestFinished(() => instance.terminate());
  return instance;
}

const run = (instance: GuestInstance) => instance.call('run', [], { invocation: null, timeoutMs: 10_000 });

it('a process that is kept ready is not lost when the one before fails late', async () => {
  const children: SandboxedChild[] = [];
  const failing = deferred<never>();
  let starts = 0;
  const guests = createGuestPrograms({
    file: join(WORKER_FOLDER, 'guest-process.js'),
    async spawnOwn(program) {
      starts += 1;
      if (starts === SECOND_START) {
        return failing.promise;
      }
      const child = await spawner.spawnOwn(program);
      children.push(child);
      return child;
    },
  });
  const instances: GuestInstance[] = [];
  const next = (): GuestInstance => {
    const instance = startInstance(guests);
    instances.push(instance);
    return instance;
  };
  await run(next());
  const waiting = run(next());
  await run(next());
  await until(() => children.length === 3);
  failing.reject(new Error('no more descriptors'));
  await expect(waiting).resolves.toMatchObject({ kind: 'returned' });
  await Promise.all(instances.map((each) => each.terminate()));
  await guests.dispose();
  await until(() => children.every(({ ended }) => ended));
});

it('a guest that writes on its error output without end is ended', async () => {
  const file = join(await temporaryFolder(), 'flood.mjs');
  await writeFile(
    file,
    `import { writeSync } from 'node:fs'; for (;;) writeSync(2, Buffer.alloc(65_536, 65));`,
  );
  const guests = createGuestPrograms({ file, spawnOwn: (program) => spawner.spawnOwn(program) });
  onTestFinished(() => guests.dispose());
  await expect(run(startInstance(guests))).resolves.toMatchObject({
    kind: 'trapped',
    message: 'The guest sent a message that cannot be read: error output without end.',
  });
});
