import { $init as generatorReady, generate } from '@bytecodealliance/jco-transpile/component';
import { MAX_SCRIPT_BYTES } from '../limits.ts';

/** A component as the guest's worker loads it. */
export interface TranspiledComponent {
  /** An expression whose value is jco's `instantiate` function. */
  readonly script: string;
  readonly modules: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Names of the imported interfaces, with versions. */
  readonly imports: readonly string[];
  /** Exported functions by their name in the script. */
  readonly exports: readonly string[];
}

const SCRIPT_NAME = 'component.js';

/**
 * Turns a component into JavaScript and core modules, with jco's generator itself: what its package has around
 * that (optimizer, minifier, WIT tools) would have to be shipped and is never called.
 *
 * @param imports the versioned interface names the component imports. jco drops versions from names it
 *   is not told about, and two versions of one package would then be one.
 * @throws whatever jco says is wrong with the component, and an Error when its script is over `MAX_SCRIPT_BYTES`
 */
export async function transpile(
  component: Uint8Array,
  imports: readonly string[],
): Promise<TranspiledComponent> {
  await generatorReady;
  const result = generate(component, {
    name: 'component',
    instantiation: { tag: 'sync' },
    noNodejsCompat: true,
    base64Cutoff: 0,
    noTypescript: true,
    noComponentErrorWrapping: true,
    map: imports.map((name) => [name, name]),
  });
  const files = new Map(result.files);
  const source = files.get(SCRIPT_NAME);
  if (source === undefined) {
    throw new Error('jco produced no script.');
  }
  if (source.length > MAX_SCRIPT_BYTES) {
    throw new Error(`its generated script has ${source.length} bytes; the limit is ${MAX_SCRIPT_BYTES}`);
  }
  const modules = [...files].filter(([name]) => name.endsWith('.wasm'));
  return {
    script: moduleToScript(new TextDecoder().decode(source)),
    modules: new Map(modules.map(([name, bytes]) => [name, new Uint8Array(bytes)])),
    imports: [...result.imports].sort(),
    exports: result.exports.filter(([, kind]) => kind === 'function').map(([name]) => name),
  };
}

/**
 * The generated module as a plain script, since a fresh context can evaluate no module without a
 * flag. jco exports `instantiate` and an empty `_util`, and imports nothing.
 */
function moduleToScript(source: string): string {
  const script = source
    .replace(/^export function instantiate\(/m, 'function instantiate(')
    .replace(/^export const _util = /m, 'const _util = ');
  if (/^(?:export|import)\b/m.test(script)) {
    throw new Error('jco produced a module with more than one instantiate function.');
  }
  return `(() => {\n'use strict';\n${script}\nreturn instantiate;\n})()`;
}
