import { join } from 'node:path';
import { afterAll } from 'vitest';
import { SandboxSpawner } from '../../../os/child/spawn.ts';
import { WORKER_FOLDER } from '../../../testing/kernel.ts';
import { connectToPageHost } from '../../../testing/remote-pages.ts';
import { createGuestPages } from '../guest-pages.ts';
import type { GuestProcesses } from '../guest-process.ts';
import { createGuestPrograms } from '../guest-programs.ts';
import { createGuestThreads } from '../guest-threads.ts';

/** The kinds of guest process that a suite runs on, ended after it: pages in the project `pages`, else what Node alone can have. */
export function guestKinds(): readonly (readonly [name: string, guests: GuestProcesses])[] {
  const spawner = new SandboxSpawner(WORKER_FOLDER);
  if (process.env['GUESTS'] === 'pages') {
    const host = connectToPageHost();
    const pages = createGuestPages({
      open: host.open,
      limit: (pid, bytes) => spawner.limitRunning(pid, bytes),
    });
    afterAll(async () => {
      await pages.dispose();
      host.close();
      await spawner.dispose();
    });
    return [['a page', pages]];
  }
  const programs = createGuestPrograms({
    file: join(WORKER_FOLDER, 'guest-process.js'),
    spawnOwn: (program) => spawner.spawnOwn(program),
  });
  afterAll(async () => {
    await programs.dispose();
    await spawner.dispose();
  });
  return [
    ['a thread', createGuestThreads(join(WORKER_FOLDER, 'guest-worker.js'))],
    ['a process', programs],
  ];
}
