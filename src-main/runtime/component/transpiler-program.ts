import { basename } from 'node:path';
import type { SandboxedChild } from '../../os/child/child.ts';
import type { OwnProgram } from '../../os/child/spawn.ts';
import { OwnFiles } from '../../os/files/own-files.ts';
import { MAX_TRANSPILED_BYTES, TRANSPILER_HEAP_MB, TRANSPILER_MEMORY_BYTES } from '../limits.ts';
import { readLastWords } from '../last-words.ts';
import { Pieces } from '../pieces.ts';
import { createSingleUseTranspiler } from './single-use-transpiler.ts';
import { GONE, TOO_MUCH_MEMORY, unusable, type Transpiler } from './transpiler.ts';

export interface TranspilerProgramOptions {
  /** The built `transpile-process.ts`, and what the generator reads beside it. */
  readonly file: string;
  readonly beside: readonly string[];
  /** Starts it in a sandbox; see `SandboxSpawner.spawnOwn`. */
  readonly spawnOwn: (program: OwnProgram) => Promise<SandboxedChild>;
}

/** Where its files are seen inside: a folder that exists in no system view. */
const FOLDER = '/run/transpiler';

/** Transpiles each component in a process of its own, in a sandbox. */
export function createTranspilerProgram({ file, beside, spawnOwn }: TranspilerProgramOptions): Transpiler {
  const files = new OwnFiles({ node: process.execPath, 'process.mjs': file, ...byName(beside) }, FOLDER);
  const { transpile, dispose } = createSingleUseTranspiler<SandboxedChild>({
    async start() {
      return spawnOwn({
        files: await files.open(),
        command: [
          `${FOLDER}/node`,
          `--max-old-space-size=${TRANSPILER_HEAP_MB}`,
          '--no-warnings',
          `${FOLDER}/process.mjs`,
        ],
        limits: { maxMemoryBytes: TRANSPILER_MEMORY_BYTES },
      });
    },
    async ask(child, request) {
      // What cannot be written is for one that has ended, and its end is told.
      child.stdin?.write(request).catch(() => undefined);
      child.stdin?.end();
      return readToEnd(child);
    },
  });
  return {
    transpile,
    async dispose() {
      await dispose();
      await files.close();
    },
  };
}

function byName(paths: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(paths.map((path) => [basename(path), path]));
}

/** @throws RuntimeError when there is nothing to read */
async function readToEnd(child: SandboxedChild): Promise<Buffer> {
  const pieces = new Pieces();
  let held = 0;
  child.stdout.start({
    accept(bytes) {
      held += bytes.byteLength;
      if (held > MAX_TRANSPILED_BYTES) {
        child.kill();
      } else {
        pieces.add(bytes);
      }
    },
    room: () => Number.MAX_SAFE_INTEGER,
    resumeRoom: 1,
  });
  const ranOutOfMemory = readLastWords(child.stderr, () => child.kill());
  await child.exited;
  await Promise.all([child.stdout.ended, child.stderr.ended]);
  const bytes = Buffer.concat(pieces.chunks);
  if (bytes.byteLength === 0) {
    throw unusable(ranOutOfMemory() ? TOO_MUCH_MEMORY : GONE);
  }
  return bytes;
}
