import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildError } from './build-error.mjs';

/** The worlds of `astrid:guest@1.0.0`, by the JavaScript name of the export that each one asks for. */
const GUEST_WORLDS = new Map([
  ['astridHookTrigger', 'interceptor'],
  ['run', 'background'],
  ['astridInstall', 'installable'],
  ['astridUpgrade', 'upgradable'],
]);

/** The world's name in the generated WIT. */
export const WORLD_NAME = 'capsule';

/**
 * Every `astrid:` interface a guest can import, by full name.
 *
 * @param {string} witFolder
 * @returns {Promise<Set<string>>}
 * @throws {BuildError} `wit-missing`
 */
export async function hostInterfaces(witFolder) {
  const files = await witFiles(witFolder);
  const names = new Set();
  for (const file of files) {
    const text = await readFile(join(witFolder, file), 'utf8');
    const [, pkg, version] = /^package ([a-z0-9:-]+)@([0-9.]+);/m.exec(text) ?? [];
    if (pkg === undefined || pkg === 'astrid:guest') continue;
    for (const [, name] of text.matchAll(/^interface %?([a-z0-9-]+)/gm)) {
      names.add(`${pkg}/${name}@${version}`);
    }
  }
  return names;
}

/**
 * Writes a WIT folder for one capsule: its own world, and the contract's packages as dependencies.
 *
 * @param {string} witFolder
 * @param {{ interfaces: readonly string[], exports: readonly string[] }} shape
 * @returns {Promise<{ path: string, dispose(): Promise<void> }>}
 * @throws {BuildError} `export-missing` when the module exports nothing that a host calls
 */
export async function writeWorld(witFolder, shape) {
  const worlds = shape.exports.flatMap((name) => GUEST_WORLDS.get(name) ?? []);
  if (worlds.length === 0) {
    throw new BuildError(
      'export-missing',
      'capsule.ts exports no function that the host calls.',
      `Export at least one of ${[...GUEST_WORLDS.keys()].join(', ')}.`,
    );
  }
  const path = await mkdtemp(join(tmpdir(), 'capsule-wit-'));
  const deps = join(path, 'deps');
  await mkdir(deps);
  for (const file of await witFiles(witFolder)) await cp(join(witFolder, file), join(deps, file));
  const lines = [
    ...worlds.map((world) => `include astrid:guest/${world}@1.0.0;`),
    ...shape.interfaces.map((name) => `import ${name};`),
  ];
  const text = `package local:capsule;\n\nworld ${WORLD_NAME} {\n  ${lines.join('\n  ')}\n}\n`;
  await writeFile(join(path, 'capsule.wit'), text);
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

/** @param {string} witFolder */
async function witFiles(witFolder) {
  const entries = await readdir(witFolder).catch((cause) => {
    throw new BuildError(
      'wit-missing',
      `${witFolder} cannot be read.`,
      'Use a complete copy of the project.',
      {
        cause,
      },
    );
  });
  return entries.filter((name) => name.endsWith('.wit')).sort();
}
