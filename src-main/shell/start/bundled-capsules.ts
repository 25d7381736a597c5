import { join } from 'node:path';

export type ListFolder = (folder: string) => Promise<readonly string[]>;

/**
 * The example capsules that ship with the application: `<folder>/<name>/build/*.capsule`, sorted. None is a
 * valid answer: a build without them is an application without examples.
 *
 * @param list names in a folder; rejects when it is none
 */
export async function bundledCapsules(folder: string, list: ListFolder): Promise<readonly string[]> {
  const names = await namesIn(folder, list);
  const found = await Promise.all(
    names.map(async (name) => {
      const built = join(folder, name, 'build');
      return (await namesIn(built, list))
        .filter((file) => file.endsWith('.capsule'))
        .map((file) => join(built, file));
    }),
  );
  return found.flat().sort();
}

async function namesIn(folder: string, list: ListFolder): Promise<readonly string[]> {
  try {
    return await list(folder);
  } catch {
    // No such folder, or a file beside the capsules' folders.
    return [];
  }
}
