import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SandboxedChild } from '../../src-main/os/child/child.ts';
import { SandboxSpawner } from '../../src-main/os/child/spawn.ts';
import { OwnFiles } from '../../src-main/os/files/own-files.ts';
import { createGuestPrograms } from '../../src-main/runtime/guest-process/guest-programs.ts';
import { createGuestThreads } from '../../src-main/runtime/guest-process/guest-threads.ts';
import type { BarePeer } from './bare.ts';
import type { BenchComponents } from './components.ts';
import { measureKind, type KindFigures } from './measure-kind.ts';

/** Node takes some 50 ms to start once its sandbox is there. */
const SETTLE_MS = 300;
const FOLDER = '/run/guest';
const SIZE_BYTES = 4;

/**
 * Measures guests in processes of Node.
 *
 * @param bareFile the bundled `bare-process.ts`
 * @param built folder of the built workers
 */
export async function measureProcesses(
  components: BenchComponents,
  bareFile: string,
  built: string,
): Promise<KindFigures> {
  const spawner = new SandboxSpawner(built);
  const files = new OwnFiles({ node: process.execPath, 'process.mjs': bareFile }, FOLDER);
  const pids: number[] = [];
  let spare: Promise<unknown> = Promise.resolve();
  const programs = createGuestPrograms({
    file: path.join(built, 'guest-process.js'),
    spawnOwn(program) {
      const starting = spawner.spawnOwn(program);
      spare = starting.then(({ programPid }) => pids.push(programPid ?? 0));
      return starting;
    },
  });
  const command = [`${FOLDER}/node`, `${FOLDER}/process.mjs`] as const;
  const bare = barePeer(await spawner.spawnOwn({ files: await files.open(), command }));
  try {
    return await measureKind(
      {
        guests: programs,
        pids,
        spareReady: () => spare.then(() => pause(SETTLE_MS)),
        threads: createGuestThreads(path.join(built, 'guest-worker.js')),
        bare,
      },
      components,
    );
  } finally {
    bare.close();
    await programs.dispose();
    await files.close();
    await spawner.dispose();
  }
}

/** Messages have their size before them; of what comes only the sizes are looked at. */
function barePeer(child: SandboxedChild): BarePeer {
  let listener = (): void => undefined;
  const head = Buffer.alloc(SIZE_BYTES);
  let headBytes = 0;
  let left = 0;
  const accept = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.byteLength;) {
      if (headBytes < SIZE_BYTES) {
        head[headBytes] = bytes[at] ?? 0;
        headBytes += 1;
        at += 1;
        left = headBytes === SIZE_BYTES ? head.readUInt32LE(0) : 0;
        continue;
      }
      const part = Math.min(left, bytes.byteLength - at);
      at += part;
      left -= part;
      if (left === 0) {
        headBytes = 0;
        listener();
      }
    }
  };
  const unread = { room: () => Number.MAX_SAFE_INTEGER, resumeRoom: 1 };
  child.stdout.start({ accept, ...unread });
  child.stderr.start({ accept: () => undefined, ...unread });
  const post = (body: Uint8Array): void => {
    const message = Buffer.allocUnsafeSlow(SIZE_BYTES + body.byteLength);
    message.writeUInt32LE(body.byteLength, 0);
    message.set(body, SIZE_BYTES);
    void child.stdin?.write(message);
  };
  return {
    post,
    answer: post,
    listen(onMessage) {
      listener = onMessage;
    },
    close: () => void child.kill(),
  };
}
