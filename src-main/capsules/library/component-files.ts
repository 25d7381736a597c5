import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyedMutex } from '../../base/keyed-mutex.ts';
import { readRegularFile } from '../../store/regular-file.ts';
import { hashComponent } from '../component/hash.ts';
import { damaged } from './record.ts';

/** Gives a component back: with the last that has it, its file goes. */
export type ReleaseComponent = () => Promise<void>;

/** The components of the installed capsules by their content: several capsules may have the same one. */
export interface ComponentFiles {
  /** For a capsule that has been installed before: its component is there already. */
  readonly retain: (hash: string) => ReleaseComponent;
  /** Stores a component, for one capsule more. */
  readonly put: (hash: string, bytes: Uint8Array) => Promise<ReleaseComponent>;
  /** @throws TypedError `store-damaged` when it is missing or another */
  readonly read: (hash: string) => Promise<Uint8Array>;
}

export function createComponentFiles(folder: string): ComponentFiles {
  const holders = new Map<string, number>();
  const files = new KeyedMutex();
  const pathOf = (hash: string): string => join(folder, `${hash}.wasm`);

  const retain = (hash: string): ReleaseComponent => {
    holders.set(hash, (holders.get(hash) ?? 0) + 1);
    let released: Promise<void> | undefined;
    const release = async (): Promise<void> => {
      const left = (holders.get(hash) ?? 1) - 1;
      if (left > 0) {
        holders.set(hash, left);
        return;
      }
      holders.delete(hash);
      await rm(pathOf(hash), { force: true });
    };
    return () => (released ??= files.run(hash, release));
  };

  return {
    retain,
    async put(hash, bytes) {
      // Counted before it is written: whoever gives the same component back meanwhile leaves it.
      const release = retain(hash);
      try {
        await files.run(hash, () => write(pathOf(hash), bytes));
      } catch (error) {
        await release();
        throw error;
      }
      return release;
    },
    async read(hash) {
      const bytes = await readRegularFile(pathOf(hash)).catch((cause: unknown) => {
        throw damaged(`The component ${hash.slice(0, 16)}… is missing from the data folder.`, cause);
      });
      if (hashComponent(bytes) !== hash) {
        throw damaged(`The component ${hash.slice(0, 16)}… on disk is not the installed one.`);
      }
      return bytes;
    },
  };
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const staging = `${path}.${randomUUID()}`;
  try {
    await writeFile(staging, bytes, { flag: 'wx', mode: 0o600 });
    await rename(staging, path);
  } catch (error) {
    await rm(staging, { force: true });
    throw error;
  }
}
