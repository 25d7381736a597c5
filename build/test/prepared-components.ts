import { createHash } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { hashComponent } from '../../src-main/capsules/component/hash.ts';
import { readComponentHeader } from '../../src-main/capsules/component/header.ts';
import { requireCompilable } from '../../src-main/kernel/contract.ts';
import { createComponentCache } from '../../src-main/runtime/component/cache.ts';
import { createTranspiler } from '../../src-main/runtime/component/transpiler.ts';
import { root, stampFolder } from '../lib/paths.mjs';

const KERNEL_FOLDER = path.join(root, 'out', 'kernel');
const WORKER_FILE = path.join(KERNEL_FOLDER, 'transpile-worker.js');

/**
 * Prepares the project's components that are not prepared yet, and keeps them; what other code prepared goes.
 * The workers and the components are built.
 *
 * @returns `prepared`: a folder like the `transpiled` of a data folder, to be linked from and not to be changed
 */
export async function prepareComponents(): Promise<{ readonly prepared: string; readonly worked: boolean }> {
  const all = path.join(stampFolder, 'prepared');
  const key = hashOfWhatPrepares();
  for (const other of namesIn(all).filter((name) => name !== key)) {
    rmSync(path.join(all, other), { recursive: true });
  }
  const prepared = path.join(all, key);
  const before = namesIn(prepared).length;
  const transpiler = createTranspiler(WORKER_FILE);
  try {
    const cache = createComponentCache(prepared, transpiler, requireCompilable);
    const hashes = await Promise.all(
      componentFiles().map(async (file) => {
        const component = new Uint8Array(readFileSync(file));
        const hash = hashComponent(component);
        const imports = readComponentHeader(component).imports.map(({ name }) => name);
        await cache.get(hash, imports, () => Promise.resolve(component));
        return hash;
      }),
    );
    // Each change of a guest leaves one behind.
    await cache.dropUnused(new Set(hashes));
  } finally {
    await transpiler.dispose();
  }
  return { prepared, worked: namesIn(prepared).length > before };
}

/**
 * A folder of links for each component: who throws one away, or makes it again, does so for itself alone. The folder
 * itself is no link, since the kernel takes no link for its own.
 */
export function linkEach(prepared: string, folder: string): void {
  for (const name of namesIn(prepared)) {
    mkdirSync(path.join(folder, name));
    for (const file of namesIn(path.join(prepared, name))) {
      linkOrCopy(path.join(prepared, name, file), path.join(folder, name, file));
    }
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // On another file system.
    copyFileSync(from, to);
  }
}

/** The worker and jco's generator beside it transpile; the cache decides how the result is kept. */
function hashOfWhatPrepares(): string {
  const generator = namesIn(KERNEL_FOLDER).filter((name) => name.endsWith('.wasm'));
  const hash = createHash('sha256');
  for (const file of [
    WORKER_FILE,
    ...generator.map((name) => path.join(KERNEL_FOLDER, name)),
    path.join(root, 'src-main', 'runtime', 'component', 'cache.ts'),
  ]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function componentFiles(): readonly string[] {
  return ['capsules', 'e2e/guests'].flatMap((folder) =>
    namesIn(path.join(root, folder))
      .map((name) => path.join(root, folder, name, 'build'))
      .flatMap((build) => namesIn(build).map((name) => path.join(build, name)))
      .filter((file) => file.endsWith('.wasm')),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
