import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { hashComponent } from '../../src-main/capsules/component-hash.ts';
import { readComponentHeader } from '../../src-main/capsules/component-header.ts';
import { createComponentCache } from '../../src-main/runtime/component-cache.ts';
import { createTranspiler } from '../../src-main/runtime/transpiler.ts';
import { bundleKernel } from '../bundle-kernel.mjs';
import { createLog } from '../lib/log.mjs';
import { root, stampFolder } from '../lib/paths.mjs';
import { buildComponents } from '../prepare/components.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder like the `transpiled` of a data folder, with all that was prepared so far; it lasts as long as the run. */
    preparedComponents: string;
  }
}

const WORKER_FILE = path.join(root, 'out', 'kernel', 'transpile-worker.js');

/** What the tests with guests need: workers of the source under test, and components built and prepared once. */
export async function setup(project: TestProject): Promise<() => void> {
  const log = createLog({ quiet: true });
  await log.step('components', buildComponents);
  await log.step('kernel', bundleKernel);
  const folder = mkdtempSync(path.join(tmpdir(), 'capsule-prepared-'));
  await log.step('prepared components', async () => {
    const { prepared, worked } = await prepareComponents();
    for (const name of namesIn(prepared)) {
      symlinkSync(path.join(prepared, name), path.join(folder, name));
    }
    return { worked };
  });
  project.provide('preparedComponents', folder);
  return () => rmSync(folder, { recursive: true });
}

/** Prepares the project's components that are not prepared yet, and keeps them; what other code prepared goes. */
async function prepareComponents(): Promise<{ readonly prepared: string; readonly worked: boolean }> {
  const all = path.join(stampFolder, 'prepared');
  const key = hashOfWhatPrepares();
  for (const other of namesIn(all).filter((name) => name !== key)) {
    rmSync(path.join(all, other), { recursive: true });
  }
  const prepared = path.join(all, key);
  const before = namesIn(prepared).length;
  const transpiler = createTranspiler(WORKER_FILE);
  try {
    const cache = createComponentCache(prepared, transpiler);
    await Promise.all(
      componentFiles().map(async (file) => {
        const component = new Uint8Array(readFileSync(file));
        const imports = readComponentHeader(component).imports.map(({ name }) => name);
        await cache.get(hashComponent(component), imports, () => Promise.resolve(component));
      }),
    );
  } finally {
    await transpiler.dispose();
  }
  return { prepared, worked: namesIn(prepared).length > before };
}

/** The bundle holds all that transpiles; the cache decides how the result is kept. */
function hashOfWhatPrepares(): string {
  const hash = createHash('sha256');
  for (const file of [WORKER_FILE, path.join(root, 'src-main', 'runtime', 'component-cache.ts')]) {
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
