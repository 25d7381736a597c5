import { access } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { BuildError } from './build-error.mjs';

/**
 * @typedef {object} Bundle
 * @property {string} code one ES module whose only imports are host interfaces
 * @property {string[]} interfaces what it imports, e.g. `astrid:sys/host@1.0.0`, sorted
 * @property {string[]} exports the names it exports
 */

/**
 * Bundles `<folder>/capsule.ts` (or another entry) into one module. Host interfaces stay imports; an interface whose names
 * are all unused is dropped, so the component asks for nothing that it does not call.
 *
 * @param {string} folder
 * @param {ReadonlySet<string>} known the host interfaces that exist, by full name
 * @param {string} [entryName]
 * @returns {Promise<Bundle>}
 * @throws {BuildError} `source-missing`, or `source-invalid` with every message as `file:line:column`
 */
export async function bundleCapsule(folder, known, entryName = 'capsule.ts') {
  const entry = join(folder, entryName);
  await access(entry).catch((cause) => {
    throw new BuildError('source-missing', `${entry} does not exist.`, 'Write the capsule in capsule.ts.', {
      cause,
    });
  });
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    // Nothing outside the capsule's own files decides how it compiles.
    tsconfigRaw: '{}',
    logLevel: 'silent',
    plugins: [hostInterfaces(known)],
  }).catch((cause) => {
    throw sourceError(folder, cause);
  });
  const [output] = Object.values(result.metafile.outputs);
  const external = (output?.imports ?? []).filter((item) => item.external).map((item) => item.path);
  const interfaces = [...new Set(external)].sort();
  refuseTwoVersions(interfaces);
  return {
    code: result.outputFiles[0]?.text ?? '',
    interfaces,
    exports: output?.exports ?? [],
  };
}

/**
 * Keeps `astrid:` specifiers as imports and refuses the ones that no WIT file declares.
 *
 * @param {ReadonlySet<string>} known
 * @returns {import('esbuild').Plugin}
 */
function hostInterfaces(known) {
  return {
    name: 'host-interfaces',
    setup(setup) {
      setup.onResolve({ filter: /^astrid:/ }, ({ path }) =>
        known.has(path)
          ? { path, external: true, sideEffects: false }
          : { errors: [{ text: `Unknown host interface ${path}. Known: ${[...known].join(', ')}.` }] },
      );
    },
  };
}

/**
 * The component tool chain merges imports whose versions are compatible into the newest, types and all: a call
 * of the older one would then reach a function of another shape.
 *
 * @param {readonly string[]} interfaces
 */
function refuseTwoVersions(interfaces) {
  const seen = new Map();
  for (const name of interfaces) {
    const [unversioned] = name.split('@');
    const other = seen.get(unversioned);
    if (other !== undefined) {
      throw new BuildError(
        'source-invalid',
        `The capsule imports both ${other} and ${name}.`,
        'A component can import only one version of a package: import the newer one everywhere.',
      );
    }
    seen.set(unversioned, name);
  }
}

/**
 * @param {string} folder
 * @param {unknown} cause
 */
function sourceError(folder, cause) {
  /** @type {readonly import('esbuild').Message[]} */
  const messages = /** @type {{ errors?: readonly import('esbuild').Message[] }} */ (cause).errors ?? [];
  if (messages.length === 0) throw cause;
  const lines = messages.map(({ text, location }) =>
    location === null
      ? text
      : `${relative(folder, location.file) || location.file}:${location.line}:${location.column + 1}: ${text}`,
  );
  return new BuildError('source-invalid', lines.join('\n'), 'Correct the source and build again.', { cause });
}
