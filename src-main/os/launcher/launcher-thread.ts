import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { execa } from 'execa';
import { OsError } from '../os-error.ts';
import { notStarted, requireDescriptors, runToEnd } from '../tool/run-tool.ts';
import { blankInherited, descriptors } from '../tool/spawn-inherited.ts';
import type { LauncherReply, LauncherRequest, RunRequest, StartRequest } from './protocol.ts';

/** Of `Launcher`: forks and waits here, where nobody waits for this thread. */
const started = new Map<number, { readonly kill: (signal: 'SIGKILL') => boolean }>();

parentPort?.on('message', (request: LauncherRequest) => {
  if (request.kind === 'kill') {
    started.get(request.id)?.kill('SIGKILL');
    return;
  }
  const done = request.kind === 'start' ? start(request) : run(request);
  done.catch((error: unknown) => {
    const { message, hint } = error instanceof OsError ? error : notStarted(error);
    answer({ kind: 'failed', id: request.id, message, hint });
  });
});

async function start({ id, path, args, argv0, descriptors: theirs, reaped }: StartRequest): Promise<void> {
  const lent: number[] = [];
  try {
    const blanks = blankInherited(theirs.length - 1, lent);
    requireDescriptors();
    const child = execa(path, [...args], {
      stdio: descriptors(...theirs.map((fd) => fd ?? 'ignore'), ...blanks),
      argv0,
      env: {},
      extendEnv: false,
      buffer: false,
      reject: false,
      // Its own group, so that Ctrl-C in a terminal does not end it before the program was asked to stop; and no
      // clean-up by execa: `--die-with-parent` works in every way this process can end.
      detached: true,
      cleanup: false,
    });
    // The event, not execa's promise: between reaping and that promise lie turns in which the pid is not ours.
    child.once('exit', (_code, signal) => {
      Atomics.store(reaped, 0, 1);
      started.delete(id);
      answer({ kind: 'exited', id, signal: signal === null ? null : constants.signals[signal] });
    });
    const { pid } = child;
    if (pid === undefined) {
      throw notStarted((await child).cause);
    }
    started.set(id, child);
    answer({ kind: 'started', id, pid });
  } finally {
    lent.forEach((fd) => closeSync(fd));
  }
}

async function run({ id, path, args, cwd }: RunRequest): Promise<void> {
  answer({ kind: 'ran', id, result: await runToEnd(path, args, cwd === undefined ? {} : { cwd }) });
}

function answer(reply: LauncherReply): void {
  parentPort?.postMessage(reply);
}
