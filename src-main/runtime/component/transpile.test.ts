import { parse } from '@bytecodealliance/jco';
import fc from 'fast-check';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { readComponentHeader } from '../../capsules/component/header.ts';
import { transpile } from './transpile.ts';

interface Names {
  readonly module: string;
  readonly field: string;
  readonly exported: string;
  readonly nested: string;
}

const PLAIN: Names = { module: 'a', field: 'b', exported: 'c', nested: 'd' };

/** A component that has jco write four of its core names into the script. */
function componentWith({ module, field, exported, nested }: Names): Promise<Uint8Array> {
  return parse(`(component $marker_component
    (core module $marker_inner (func $marker_function (export "${field}")))
    (core instance $inner (instantiate $marker_inner))
    (core module $outer (import "${module}" "${field}" (func)) (func (export "${exported}")))
    (core instance $whole (instantiate $outer (with "${module}" (instance $inner))))
    (component $part
      (core module $m (func (export "${nested}")))
      (core instance $i (instantiate $m))
      (func $f (canon lift (core func $i "${nested}")))
      (export "part" (func $f)))
    (instance $made (instantiate $part))
    (alias export $made "part" (func $g))
    (func $run (canon lift (core func $whole "${exported}")))
    (export "run" (func $run))
    (export "part" (func $g)))`);
}

async function scriptOf(names: Names): Promise<string> {
  const component = await componentWith(names);
  readComponentHeader(component);
  return (await transpile(component, [])).script;
}

/** What the script does, without what its names and texts are. A key is written with quotes only where it must be. */
function skeleton(script: string): unknown {
  const { program, errors } = parseSync('component.js', script);
  expect(errors).toEqual([]);
  return shape(program);
}

function shape(node: unknown): unknown {
  if (Array.isArray(node)) {
    return node.map(shape);
  }
  if (typeof node !== 'object' || node === null) {
    return typeof node;
  }
  const entries = Object.entries(node);
  if ('type' in node && (node.type === 'Identifier' || node.type === 'Literal')) {
    return 'name';
  }
  return Object.fromEntries(
    entries
      .filter(([key]) => !['start', 'end', 'computed'].includes(key))
      .map(([key, value]) => [key, key === 'type' || key === 'operator' ? value : shape(value)]),
  );
}

/**
 * Printable ASCII without quotes, backticks and backslashes: what `readComponentHeader` lets through. Not `*`, for
 * which jco writes the whole instance in place of one of its exports: such a component does not link.
 */
const plain = Array.from({ length: 0x5f }, (_, index) => String.fromCharCode(0x20 + index)).filter(
  (character) => !`"'\`\\`.includes(character),
);
const dangerous = [
  '${evil()}',
  '${',
  '}',
  '*/evil()/*',
  '*/',
  '/*',
  '//',
  '</script>',
  '<!--',
  '-->',
  'import(',
];
const plainOnes = fc.constantFrom(...plain);
const anyName = fc
  .oneof(
    fc.string({ unit: plainOnes, maxLength: 40 }),
    fc
      .array(fc.oneof(plainOnes, fc.constantFrom(...dangerous)), { maxLength: 12 })
      .map((parts) => parts.join('')),
    fc.constantFrom(
      ...dangerous,
      ...['__proto__', 'constructor', 'prototype', 'default', 'import', 'await', '0', '-1', '', ' '],
      ...[');evil();(', '};evil();{', '=>', ';'],
      ...['instantiateCore(module0)', 'const module0 = getCoreModule(', 'export function instantiate('],
    ),
  )
  .filter((name) => name !== '*');

describe('the script made of a component', () => {
  it('does the same whatever its names are', async () => {
    const expected = skeleton(await scriptOf(PLAIN));
    await fc.assert(
      fc.asyncProperty(
        fc.record({ module: anyName, field: anyName, exported: anyName, nested: anyName }),
        async (names) => {
          expect(skeleton(await scriptOf(names))).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  it('is not made when it would be too large: a name that is used often is written often', async () => {
    const name = 'x'.repeat(100_000);
    const uses = (count: number): Promise<Uint8Array> => {
      const list = Array.from({ length: count }, (_, index) => `(export "e${index}" (func $n "${name}"))`);
      const imports = Array.from({ length: count }, (_, index) => `(import "all" "e${index}" (func))`);
      return parse(`(component
        (core module $m (func (export "${name}")))
        (core instance $n (instantiate $m))
        (core instance $all ${list.join(' ')})
        (core module $taking ${imports.join(' ')} (func (export "run")))
        (core instance $i (instantiate $taking (with "all" (instance $all))))
        (func $run (canon lift (core func $i "run")))
        (export "run" (func $run)))`);
    };
    const { script } = await transpile(await uses(100), []);
    expect(script.length).toBeGreaterThan(10_000_000);
    await expect(transpile(await uses(200), [])).rejects.toThrow(/script has 2\d{7} bytes/);
  }, 20_000);

  it('holds nothing of the component but names that were read', async () => {
    const component = await parse(`(component $marker_component
      (core module $marker_module
        (memory $marker_memory (export "memory") 1) (data $marker_data (i32.const 0) "marker_ data")
        (global $marker_global (mut i32) (i32.const 0)) (table $marker_table 1 funcref)
        (elem $marker_elem (i32.const 0) func $marker_function)
        (func $marker_function (param $marker_parameter i32) (local $marker_local i32))
        (func (export "run"))
        (@custom "marker_ section" "marker_ content"))
      (core instance $marker_instance (instantiate $marker_module))
      (func $marker_lifted (canon lift (core func $marker_instance "run")))
      (export "run" (func $marker_lifted)))`);
    expect(Buffer.from(component).includes('marker_')).toBe(true);
    expect((await transpile(component, [])).script).not.toContain('marker_');
    expect(await scriptOf(PLAIN)).not.toContain('marker_');
  });
});
