import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORKER_FOLDER } from './kernel.ts';

/** One that comes to no end would outlive its test. */
const PROGRAM_LIMIT_MS = 45_000;

export interface KernelProgram {
  readonly dataDir: string;
  /** Of `createKernel`, beside the folders and the version. */
  readonly options?: { readonly bundled?: readonly string[]; readonly safeMode?: boolean };
  /** JavaScript that runs before the kernel is created; it has `kill`, `args` and `afterRename`. */
  readonly before?: string;
  /** JavaScript that runs with `kernel`, and with `kill`, `args` and `events` (the kernel's). It may wait for ever. */
  readonly run?: string;
  readonly args?: readonly string[];
}

/** How such a program ended. */
export interface ProgramEnd {
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Runs a built kernel in a program of its own, which may come to any end. */
export function runKernelProgram({
  dataDir,
  options,
  before,
  run,
  args = [],
}: KernelProgram): Promise<ProgramEnd> {
  const program = `
    const { createKernel } = await import(${JSON.stringify(join(WORKER_FOLDER, 'index.js'))});
    const [dataDir, ...args] = process.argv.slice(1);
    const kill = () => process.kill(process.pid, 'SIGKILL');
    const afterRename = (act) => {
      const files = process.getBuiltinModule('node:fs/promises');
      const { rename } = files;
      files.rename = async (from, to) => {
        await rename(from, to);
        await act(String(to), await files.readFile(to, 'utf8').catch(() => ''));
      };
      process.getBuiltinModule('node:module').syncBuiltinESMExports();
    };
    ${before ?? ''}
    const kernel = await createKernel({ dataDir, version: '0', electronVersion: null,
      workerFolder: ${JSON.stringify(WORKER_FOLDER)}, log: console.error, ...${JSON.stringify(options ?? {})} });
    const listeners = [];
    kernel.subscribe((event) => listeners.forEach((listener) => listener(event)));
    const events = (listener) => void listeners.push(listener);
    ${run ?? ''}
  `;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '--eval', program, dataDir, ...args],
      // Its imports are this project's.
      { cwd: fileURLToPath(new URL('../..', import.meta.url)), timeout: PROGRAM_LIMIT_MS },
      (_error, stdout, stderr) => resolve({ signal: child.signalCode, output: stdout + stderr }),
    );
  });
}
