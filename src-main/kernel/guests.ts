import { join } from 'node:path';
import type { Transpiler } from '../runtime/component/transpiler.ts';
import { createTranspiler } from '../runtime/component/transpiler.ts';
import { createTranspilerProgram } from '../runtime/component/transpiler-program.ts';
import { sandboxedTranspiler } from '../runtime/component/sandboxed-transpiler.ts';
import type { GuestProcesses } from '../runtime/guest-process/guest-process.ts';
import { createTranspilerPages, GENERATOR_FILES } from '../runtime/component/transpiler-pages.ts';
import type { OpenPage } from '../runtime/sandboxed-page.ts';
import { createGuestPages } from '../runtime/guest-process/guest-pages.ts';
import { createGuestPrograms } from '../runtime/guest-process/guest-programs.ts';
import { createGuestThreads } from '../runtime/guest-process/guest-threads.ts';
import { sandboxedGuests } from '../runtime/guest-process/sandboxed-guests.ts';
import type { KernelProcesses } from './processes.ts';

/** Where components are transpiled and instantiated. */
export interface KernelGuests {
  readonly transpiler: Transpiler;
  readonly guestProcesses: GuestProcesses;
  readonly dispose: () => Promise<void>;
}

export interface GuestOptions {
  /** Processes of Node, which has to be the program that runs, in a sandbox; where that cannot be, threads after all. */
  readonly kind: 'threads' | 'processes';
  readonly openPage?: OpenPage | undefined;
  readonly workerFolder: string;
  readonly processes: Pick<KernelProcesses, 'spawnOwn' | 'limitRunning' | 'sandbox'>;
  readonly report: (message: string, error: unknown) => void;
}

export function openGuests({ kind, openPage, workerFolder, processes, report }: GuestOptions): KernelGuests {
  const built = (name: string): string => join(workerFolder, name);
  if (openPage !== undefined) {
    const inPages = { open: openPage, limit: processes.limitRunning };
    const [transpiler, guestProcesses] = [createTranspilerPages(inPages), createGuestPages(inPages)];
    return {
      transpiler,
      guestProcesses,
      async dispose() {
        await Promise.all([transpiler.dispose(), guestProcesses.dispose()]);
      },
    };
  }
  const thread = createTranspiler(built('transpile-worker.js'));
  const threads = createGuestThreads(built('guest-worker.js'));
  if (kind === 'threads') {
    return { transpiler: thread, guestProcesses: threads, dispose: thread.dispose };
  }
  const { spawnOwn, sandbox } = processes;
  const program = createTranspilerProgram({
    file: built('transpile-process.js'),
    beside: GENERATOR_FILES.map(built),
    spawnOwn,
  });
  const transpiler = sandboxedTranspiler({ program, thread, sandboxed: sandbox });
  const programs = createGuestPrograms({ file: built('guest-process.js'), spawnOwn });
  return {
    transpiler,
    guestProcesses: sandboxedGuests({ programs, threads, sandboxed: sandbox, report }),
    async dispose() {
      await Promise.all([transpiler.dispose(), programs.dispose()]);
    },
  };
}
