import { join } from 'node:path';

/**
 * The files of the capsules that ship with the application: `<folder>/<name>/build/<name>.capsule` for each name. None is
 * a valid answer: a build without them is an application without examples.
 *
 * @param names fixed when the application is built
 * @param exists never rejects
 */
export async function bundledCapsules(
  folder: string,
  names: readonly string[],
  exists: (path: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const paths = names.map((name) => join(folder, name, 'build', `${name}.capsule`));
  const there = await Promise.all(paths.map(exists));
  return paths.filter((_path, index) => there[index]);
}
