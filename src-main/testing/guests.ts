import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of a test guest, built by the preparation of a test run. */
export function guestFolder(name: string): string {
  return join(ROOT, 'e2e', 'guests', name);
}

/** The folder of an example capsule, built likewise. */
export function exampleFolder(name: string): string {
  return join(ROOT, 'capsules', name);
}

/** A copy of a test guest as built, its manifest changed by replacing text. */
export async function guestCopy(
  name: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'build'));
  await cp(join(guestFolder(name), 'build', `${name}.wasm`), join(folder, 'build', `${name}.wasm`));
  const manifest = await readFile(join(guestFolder(name), 'Capsule.toml'), 'utf8');
  const changed = Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) {
      throw new Error(`the manifest of ${name} has no ${from}`);
    }
    return text.replace(from, to);
  }, manifest);
  await writeFile(join(folder, 'Capsule.toml'), changed);
  return folder;
}
