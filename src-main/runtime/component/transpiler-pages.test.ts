import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { until } from '../../os/testing.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { connectToPageHost } from '../../testing/remote-pages.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { SandboxedPage } from '../sandboxed-page.ts';
import { createTranspilerPages } from './transpiler-pages.ts';
import { component, describeSingleUse, type Started } from './testing.ts';

const spawner = new SandboxSpawner(WORKER_FOLDER);
const host = connectToPageHost();
afterAll(async () => {
  host.close();
  await spawner.dispose();
});

/** @param worker instead of the transpiler's own */
function startPages(worker?: string): Started {
  const pages: SandboxedPage[] = [];
  const transpiler = createTranspilerPages({
    async open(files) {
      const page = await host.open(worker === undefined ? files : { 'worker.js': worker });
      pages.push(page);
      return page;
    },
    limit: (pid, bytes) => spawner.limitRunning(pid, bytes),
  });
  onTestFinished(async () => {
    await transpiler.dispose();
    await until(() => pages.every(({ ended }) => ended));
  });
  return { transpiler, processes: pages };
}

describeSingleUse('a page', () => startPages());

it.each([
  ['ends', `throw new Error('over')`, 'exited unexpectedly'],
  ['says no message', `port.postMessage('hello')`, 'it is no message'],
  ['says too little', `port.postMessage(Uint8Array.of(9, 0, 0, 0, 1))`, 'no readable head'],
])('a transpiler is not believed in when its page %s', async (_what, script, words) => {
  const file = join(await temporaryFolder(), 'taken-over.js');
  await writeFile(
    file,
    `addEventListener('message', ({ data: { port } }) => {
        port.onmessage = ({ data }) => {
          if (data instanceof Uint8Array) { ${script} } else { port.postMessage(performance.now()); }
        };
        port.postMessage(performance.now());
      });`,
  );
  const { transpiler } = startPages(relative(WORKER_FOLDER, file));
  await expect(transpiler.transpile(component, [])).rejects.toMatchObject({
    code: 'component-unusable',
    message: expect.stringContaining(words),
  });
});
