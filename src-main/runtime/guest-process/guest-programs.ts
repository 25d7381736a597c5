import { startMessage } from '../../guest/start-message.ts';
import { RESPONSE, wireMessage } from '../../guest/wire.ts';
import type { OwnProgram } from '../../os/child/spawn.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import { OwnFiles } from '../../os/files/own-files.ts';
import {
  GUEST_PROCESS_BYTES,
  GUEST_PROCESS_FILES,
  GUEST_PROCESS_TASKS,
  WORKER_HEAP_MB,
  WORKER_STACK_MB,
} from '../limits.ts';
import { startGuest } from './channel-guest.ts';
import type { GuestChannel } from './guest-channel.ts';
import { goneWith } from './guest-exit.ts';
import type { GuestProcesses } from './guest-process.ts';
import { createSpare } from './spare.ts';

export interface GuestProgramOptions {
  /** The built `guest/process.ts`. */
  readonly file: string;
  /** Starts it in a sandbox; see `SandboxSpawner.spawnOwn`. */
  readonly spawnOwn: (program: OwnProgram) => Promise<SandboxedChild>;
}

export interface GuestPrograms extends GuestProcesses {
  /** Ends what is kept warm. Guests that run end with their instances. */
  readonly dispose: () => Promise<void>;
}

/** Where they are seen inside: a folder that exists in no system view. */
const FOLDER = '/run/guest';

/**
 * Guests in processes of their own, of the Node that runs this program, each in a sandbox without network, files of the
 * machine and environment. One is kept ready.
 */
export function createGuestPrograms({ file, spawnOwn }: GuestProgramOptions): GuestPrograms {
  const files = new OwnFiles({ node: process.execPath, 'process.mjs': file }, FOLDER);
  const spare = createSpare(async () => channelOf(await spawnOwn(programOf(await files.open()))));
  return {
    load: ({ script, modules, imports, exports }) => Promise.resolve({ script, modules, imports, exports }),
    start: (handlers) => startGuest(spare.take(), handlers),
    async dispose() {
      await spare.dispose();
      await files.close();
    },
  };
}

function programOf(files: OwnProgram['files']): OwnProgram {
  return {
    files,
    command: [
      `${FOLDER}/node`,
      `--max-old-space-size=${String(WORKER_HEAP_MB)}`,
      `--stack-size=${String(WORKER_STACK_MB * 1_000)}`,
      '--no-warnings',
      `${FOLDER}/process.mjs`,
    ],
    limits: {
      maxMemoryBytes: GUEST_PROCESS_BYTES,
      maxPids: GUEST_PROCESS_TASKS,
      maxOpenFiles: GUEST_PROCESS_FILES,
    },
  };
}

function channelOf(child: SandboxedChild): GuestChannel {
  const write = (message: Uint8Array): void => {
    // What cannot be written is for one that has ended, and its end is told.
    child.stdin?.write(message).catch(() => undefined);
  };
  return {
    get ended() {
      return child.ended;
    },
    exited: child.exited,
    begin: (start) => write(startMessage(start)),
    send: write,
    respond: (frame) => write(wireMessage(RESPONSE, frame)),
    kill: () => child.kill(),
    read: (accept, violate) => goneWith(child, accept, () => violate('error output without end')),
  };
}
