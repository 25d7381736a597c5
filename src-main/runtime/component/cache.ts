import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { KeyedMutex } from '../../base/keyed-mutex.ts';
import { readJsonRecord } from '../../base/json-record.ts';
import { ownEntries, type OwnKind, type Report } from '../../store/own-entries.ts';
import { readRegularFile } from '../../store/regular-file.ts';
import { UNUSED_COMPONENT_MS } from '../limits.ts';
import type { TranspiledComponent } from './transpile.ts';
import type { Transpiler } from './transpiler.ts';

/**
 * Part of the cache key beside the content hash: the transpiler's version and our own way to call it.
 * Raise the number when `transpile.ts` changes what it makes, or this file how it is kept.
 */
export const TRANSPILE_RECIPE = 'jco-transpile-0.15.0-5';

const INDEX = 'index.json';
const SCRIPT = 'component.js';

/** A prepared component of any recipe, or what was to become one. */
const OWN_FOLDER: OwnKind = { kind: 'folder', name: /^[0-9a-f]{64}-/ };

const index = z.object({
  imports: z.array(z.string()),
  exports: z.array(z.string()),
  /** SHA-256 of every other file, as hex by its name: a power cut can leave a file that is empty or half. */
  files: z.record(z.string().check(z.regex(/^[\w-][\w.-]*$/)), z.string()),
});

/** Transpiled components by content hash, on disk, so that each is transpiled once. */
export interface ComponentCache {
  /** `load` is asked for the component's bytes only when they must be transpiled. */
  readonly get: (
    hash: string,
    imports: readonly string[],
    load: () => Promise<Uint8Array>,
  ) => Promise<TranspiledComponent>;
  readonly forget: (hash: string) => Promise<void>;
  /** Removes what no capsule has and a killed installation left, once it is old enough. */
  readonly dropUnused: (used: ReadonlySet<string>) => Promise<void>;
}

/** @param check throws for a component that must not be transpiled */
export function createComponentCache(
  folder: string,
  transpiler: Transpiler,
  check: (component: Uint8Array) => void,
): ComponentCache {
  const making = new Map<string, Promise<TranspiledComponent>>();
  // What is being removed must not be read or written meanwhile: another capsule may come with the same component.
  const folders = new KeyedMutex();
  const folderOf = (hash: string): string => join(folder, `${hash}-${TRANSPILE_RECIPE}`);

  const make: ComponentCache['get'] = async (hash, imports, load) => {
    const cached = await read(folderOf(hash));
    if (cached !== undefined) {
      return cached;
    }
    const component = await load();
    // Checked when it was installed, but perhaps by a version that let more through: nothing unchecked is transpiled.
    check(component);
    const result = await transpiler.transpile(component, imports);
    await write(folderOf(hash), result);
    return result;
  };

  return {
    get(hash, imports, load) {
      const running = making.get(hash) ?? folders.run(hash, () => make(hash, imports, load));
      making.set(hash, running);
      const forget = (): void => void making.delete(hash);
      running.then(forget, forget);
      return running;
    },
    forget: (hash) => folders.run(hash, () => rm(folderOf(hash), { recursive: true, force: true })),
    async dropUnused(used) {
      const keep = new Set([...used].map(folderOf));
      // What is not ours was reported when the folder was swept.
      const unused = (await ownEntries(folder, OWN_FOLDER, () => undefined))
        .map((name) => join(folder, name))
        .filter((path) => !keep.has(path));
      const oldest = Date.now() - UNUSED_COMPONENT_MS;
      await Promise.all(
        unused.map(async (path) => {
          const facts = await stat(path).catch(() => undefined);
          if (facts !== undefined && facts.mtimeMs < oldest) {
            await rm(path, { recursive: true, force: true });
          }
        }),
      );
    },
  };
}

/** Undefined when it is not there or not what was written; it is then made again. */
async function read(folder: string): Promise<TranspiledComponent | undefined> {
  try {
    const text = (await readRegularFile(join(folder, INDEX))).toString('utf8');
    const record = readJsonRecord('The index', text, index);
    if (!record.ok) {
      return undefined;
    }
    const { imports, exports, files } = record.value;
    const contents = await Promise.all(
      Object.entries(files).map(async ([name, hash]) => [name, await readWhole(folder, name, hash)] as const),
    );
    const { [SCRIPT]: script, ...modules } = Object.fromEntries(contents);
    if (script === undefined) {
      return undefined;
    }
    return {
      script: Buffer.from(script).toString('utf8'),
      modules: new Map(Object.entries(modules)),
      imports,
      exports,
    };
  } catch {
    return undefined;
  }
}

async function readWhole(folder: string, name: string, hash: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await readRegularFile(join(folder, name)));
  if (sha256(bytes) !== hash) {
    throw new Error(`${name} was changed on disk`);
  }
  return bytes;
}

/** Written beside and renamed, so that a crash leaves no half of a component. */
async function write(folder: string, component: TranspiledComponent): Promise<void> {
  const staging = `${folder}.${randomUUID()}`;
  await mkdir(staging, { recursive: true });
  try {
    const contents = [[SCRIPT, Buffer.from(component.script)] as const, ...component.modules];
    const { imports, exports } = component;
    const files = Object.fromEntries(contents.map(([name, bytes]) => [name, sha256(bytes)]));
    await Promise.all([
      writeFile(join(staging, INDEX), JSON.stringify({ imports, exports, files })),
      ...contents.map(([name, bytes]) => writeFile(join(staging, name), bytes)),
    ]);
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Removes what a crash left half-written, and what another recipe made. What cannot be removed is reported. */
export async function sweepComponentCache(folder: string, report: Report): Promise<void> {
  const names = await ownEntries(folder, OWN_FOLDER, report).catch((error: unknown) => {
    report(`could not list the prepared components in ${folder}`, error);
    return [];
  });
  const stale = names.filter(
    (name) => /\.[0-9a-f-]{36}$/.test(name) || !name.endsWith(`-${TRANSPILE_RECIPE}`),
  );
  await Promise.all(
    stale.map((name) =>
      rm(join(folder, name), { recursive: true, force: true }).catch((error: unknown) =>
        report(`could not remove the prepared component ${name}`, error),
      ),
    ),
  );
}
