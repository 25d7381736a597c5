import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Kernel } from '../contract/kernel.ts';
import { writeFileAtomically } from '../store/atomic-file.ts';

/** Bundled files and component hashes that were offered to this data folder already. */
interface Offered {
  readonly files: readonly string[];
  readonly hashes: readonly string[];
}

/**
 * Installs the capsules that ship with the application, once per content: what a person removed stays
 * removed until the application brings a newer one. They are ours, so they get what they ask for.
 *
 * @param record remembers what was offered; a file that has not changed is not looked into
 */
export async function installBundled(
  kernel: Kernel,
  paths: readonly string[],
  record: string,
  report: (message: string, error: unknown) => void,
): Promise<void> {
  const before = await readOffered(record);
  const hashes = new Set(before.hashes);
  const files: string[] = [];
  for (const path of paths) {
    try {
      // By content: inside an installed program's archive a file has no time of its own.
      const file = `${basename(path)} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`;
      if (!before.files.includes(file)) {
        await offer(kernel, path, hashes);
      }
      files.push(file);
    } catch (error) {
      report(`the bundled capsule ${path} could not be installed`, error);
    }
  }
  if (files.join() !== before.files.join()) {
    await writeFileAtomically(
      record,
      JSON.stringify({ files, hashes: [...hashes] } satisfies Offered, null, 2),
    );
  }
}

async function offer(kernel: Kernel, path: string, hashes: Set<string>): Promise<void> {
  const { token, hash } = await kernel.inspect(path);
  if (hashes.has(hash)) {
    await kernel.cancelInspection(token);
    return;
  }
  await kernel.confirm(token, 'all');
  hashes.add(hash);
}

async function readOffered(record: string): Promise<Offered> {
  try {
    return JSON.parse(await readFile(record, 'utf8')) as Offered;
  } catch {
    // The first start, or a damaged record: everything is offered again, over itself.
    return { files: [], hashes: [] };
  }
}
