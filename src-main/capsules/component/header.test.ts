import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TypedError } from '../../base/typed-error.ts';
import { exampleFolder } from '../../testing/guests.ts';
import { readComponentHeader } from './header.ts';

/** Made by the example's build (QuickJS), which the preparation runs before any test. */
const real = new Uint8Array(readFileSync(join(exampleFolder('runner'), 'build', 'runner.wasm')));
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const CORE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A component so many components deep. */
function nested(depth: number, inner: readonly number[]): readonly number[] {
  const length = inner.length;
  return depth === 0
    ? inner
    : nested(depth - 1, [...PREAMBLE, 0x04, (length & 0x7f) | 0x80, length >> 7, ...inner]);
}

function codeOf(bytes: Uint8Array): string {
  try {
    readComponentHeader(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof TypedError) {
      return error.code;
    }
    throw error;
  }
}

describe('the header of a real component', () => {
  it('names imports with their functions and resources, and exports', () => {
    const header = readComponentHeader(real);
    const process = header.imports.find((each) => each.name === 'astrid:process/host@1.0.0');
    expect(process?.kind).toBe('instance');
    expect(process?.functions.get('spawn-persistent')?.params.map(({ name }) => name)).toEqual(['request']);
    expect(process?.functions.has('[method]process-handle.kill')).toBe(true);
    expect(process?.resources).toEqual(['process-handle']);
    expect(header.imports.every((each) => /^astrid:[a-z]+\/[a-z]+@1\.0\.0$/.test(each.name))).toBe(true);
    expect(header.exports).toContainEqual(
      expect.objectContaining({ name: 'astrid-hook-trigger', kind: 'func' }),
    );
  });
});

describe('the header of a component in text form', () => {
  it('is read past every kind of type', async () => {
    const bytes = await parse(`(component
      (type $point (record (field "x" u8) (field "y" (tuple f32 string))))
      (type $shape (variant (case "dot") (case "line" $point)))
      (type (flags "a" "b"))
      (type (enum "a" "b"))
      (type (option (list $shape)))
      (type (result $point (error string)))
      (type (result))
      (type (func (param "a" $shape) (result bool)))
      (type (component (import "x" (func)) (export "y" (func (param "z" char)))))
      (import "plain" (func (param "p" u32) (result string)))
      (import "named" (type (eq $point)))
      (import "thing" (type $thing (sub resource)))
      (import "a:b/c@1.0.0" (instance $i
        (export "r" (type $r (sub resource)))
        (export "t" (type (eq $point)))
        (alias outer 1 $point (type $p))
        (type $made (own $r))
        (export "make" (func (result $made)))
        (export "[method]r.use" (func (param "self" (borrow $r)) (param "p" $p)))))
      (alias export $i "r" (type $again))
      (type $later (instance (export "one" (func (param "x" (own $again))))))
      (import "d:e/f@2.0.0" (instance (type $later)))
      (core module $m)
      (component $nested (import "inner" (func)))
      (export "run" (func 0))
      (export "code" (core module $m))
    )`);
    const { imports, exports } = readComponentHeader(bytes);
    expect(imports.map(({ functions, ...rest }) => ({ ...rest, functions: [...functions.keys()] }))).toEqual([
      { name: 'plain', kind: 'func', functions: [], resources: [], others: [] },
      { name: 'thing', kind: 'type', functions: [], resources: [], others: [] },
      {
        name: 'a:b/c@1.0.0',
        kind: 'instance',
        functions: ['make', '[method]r.use'],
        resources: ['r'],
        others: [],
      },
      { name: 'd:e/f@2.0.0', kind: 'instance', functions: ['one'], resources: [], others: [] },
    ]);
    const types = imports.flatMap(({ functions }) => [...functions.values()]);
    const point = {
      kind: 'record',
      fields: [
        { name: 'x', type: 'u8' },
        { name: 'y', type: { kind: 'tuple', items: ['f32', 'string'] } },
      ],
    };
    const resource = { name: 'a:b/c@1.0.0#r' };
    expect(types).toEqual([
      { async: false, params: [], result: { kind: 'own', resource } },
      {
        async: false,
        params: [
          { name: 'self', type: { kind: 'borrow', resource } },
          { name: 'p', type: point },
        ],
        result: null,
      },
      { async: false, params: [{ name: 'x', type: { kind: 'own', resource } }], result: null },
    ]);
    expect(exports.map(({ name, kind, func }) => [name, kind, func?.result ?? null])).toEqual([
      ['run', 'func', 'string'],
      ['code', 'core', null],
    ]);
  });

  it('gives each instance resources of its own, also where two are imported with one type', async () => {
    const bytes = await parse(`(component
      (type $t (instance (export "r" (type $r (sub resource))) (export "make" (func (result (own $r))))))
      (import "a:a/one" (instance $one (type $t)))
      (import "a:a/two" (instance (type $t)))
      (alias export $one "make" (func $make))
      (export "make" (func $make)))`);
    const { imports, exports } = readComponentHeader(bytes);
    const results = imports.map(({ functions }) => functions.get('make')?.result);
    expect(results).toEqual(['a:a/one#r', 'a:a/two#r'].map((name) => ({ kind: 'own', resource: { name } })));
    expect(exports[0]?.func).toBe(imports[0]?.functions.get('make'));
  });
});

/** A component with one type of so many flags, all without a name. */
function flags(count: number): readonly number[] {
  const list = [0x6e, ...leb(count), ...Array.from({ length: count }, () => 0)];
  return [...PREAMBLE, 0x07, ...leb(1 + list.length), 1, ...list];
}

/** A component with an instance type of so many exports. */
function instanceType(count: number): readonly number[] {
  const names = Array.from({ length: count }, (_, index) => [...Buffer.from(`f${index.toString(36)}`)]);
  const exports = names.flatMap((name) => [0x04, 0x00, name.length, ...name, 0x01, 0x00]);
  const list = [0x42, ...leb(count + 1), 0x01, 0x40, 0x00, 0x01, 0x00, ...exports];
  return [...PREAMBLE, 0x07, ...leb(1 + list.length), 1, ...list];
}

/** A component whose element segment is placed by an expression of so many instructions. */
function expression(count: number): readonly number[] {
  const segment = [0x00, ...Array.from({ length: count }, () => 0x6a), 0x0b, 0x00];
  const module = [...CORE, 0x09, ...leb(1 + segment.length), 1, ...segment];
  return [...PREAMBLE, 0x01, ...leb(module.length), ...module];
}

/** A component with its sections again. */
function twice(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, ...bytes.slice(PREAMBLE.length)]);
}

/** A component with so many types of the simplest kind. */
function manyTypes(count: number): Uint8Array {
  const content = [...leb(count), ...Array.from({ length: count }, () => 0x7f)];
  return Uint8Array.from([...PREAMBLE, 0x07, ...leb(content.length), ...content]);
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
}

/** One place for a name each, `NAME` in text form. */
const PLACES: readonly (readonly [string, string])[] = [
  ['a core export', '(core module (func (export "NAME")))'],
  ['a core import’s module', '(core module (import "NAME" "f" (func)))'],
  ['a core import’s field', '(core module (import "m" "NAME" (global i32)))'],
  [
    'an argument of a core instance',
    `(core module $m (import "m" "f" (func))) (core module $n (func (export "f")))
     (core instance $n (instantiate $n)) (core instance (instantiate $m (with "NAME" (instance $n))))`,
  ],
  [
    'an export of a core instance',
    `(core module $n (func (export "f"))) (core instance $n (instantiate $n))
     (core instance (export "NAME" (func $n "f")))`,
  ],
  [
    'an alias of a core export',
    `(core module $n (func (export "f"))) (core instance $n (instantiate $n))
     (alias core export $n "NAME" (core func))`,
  ],
  ['an import of a core module’s type', '(core type (module (import "NAME" "f" (func))))'],
  ['an export of a core module’s type', '(core type (module (export "NAME" (memory 1))))'],
  ['an import', '(import "NAME" (func))'],
  ['an export', '(import "f" (func $f)) (export "NAME" (func $f))'],
  ['an export of an instance', '(import "f" (func $f)) (instance (export "NAME" (func $f)))'],
  [
    'an argument of an instance',
    '(import "f" (func $f)) (component $c) (instance (instantiate $c (with "NAME" (func $f))))',
  ],
  ['an alias', '(import "i" (instance $i)) (alias export $i "NAME" (func))'],
  ['a field of a record', '(type (record (field "NAME" u8)))'],
  ['a case of a variant', '(type (variant (case "NAME")))'],
  ['a case of an enumeration', '(type (enum "NAME"))'],
  ['a flag', '(type (flags "NAME"))'],
  ['a parameter', '(type (func (param "NAME" u8)))'],
  ['an export of an instance’s type', '(type (instance (export "NAME" (func))))'],
  ['an import of a component’s type', '(type (component (import "NAME" (func))))'],
];

const DEPTHS: readonly (readonly [string, (inner: string) => string])[] = [
  ['at the top', (inner) => `(component ${inner})`],
  ['in a nested component', (inner) => `(component (component ${inner}))`],
  [
    'three components deep',
    (inner) => `(component (core module) (component (component) (component ${inner})))`,
  ],
];

describe('a name that could be taken for code', () => {
  describe.each(DEPTHS)('%s', (_depth, wrap) => {
    it.each(PLACES)('is refused as %s, and a plain one is not', async (_place, text) => {
      const read = async (name: string): Promise<string> =>
        codeOf(await parse(wrap(text.replace('NAME', name))));
      await expect(read('plain-1')).resolves.toBe('read');
      for (const bad of [
        "a'b",
        'a\\"b',
        'a`b',
        'a\\\\b',
        'a\\nb',
        'a\\00b',
        'a\\7fb',
        'aéb',
        'a\\u{2028}b',
      ]) {
        await expect(read(bad), bad).resolves.toBe('component-bad-name');
      }
    });
  });

  it('is named in the refusal, with its place, and cannot write into the sentence', async () => {
    const bytes = await parse(
      `(component (core module) (component (core module) (core module (func (export "x'];\\n\\u{202e}evil()")))))`,
    );
    expect(() => readComponentHeader(bytes)).toThrow(
      'the core export "x\'];\\u{a}\\u{202e}evil()" of core module 1 of nested component 0 of the component.',
    );
  });

  it('may be anything else: what tool chains write is read', async () => {
    const names = [
      '[async-lift]astrid:a/b@1.0.0#[method]c.d',
      'cm32p2|_ex_wasi:io/error@0.2',
      '$imports',
      '_ZNSt3__112basic_stringIcEE<int>(int&&)*',
      'a${b} // */ {}',
      '',
      'x'.repeat(100_000),
    ];
    const exports = names.map((name) => `(func (export "${name}"))`).join('');
    expect(codeOf(await parse(`(component (core module ${exports}))`))).toBe('read');
  });
});

it.each([
  ['an import', '(import "f" (func)) (import "f" (func))', '"f"'],
  ['an export of an instance’s type', '(type (instance (export "g" (func)) (export "g" (func))))', '"g"'],
])(
  'a list that has %s twice is refused, as it could ask for the same a million times',
  async (_what, text, name) => {
    const bytes = await parse(`(component ${text})`);
    expect(() => readComponentHeader(bytes)).toThrow(`duplicate name ${name}`);
  },
);

describe('what a component has too much of is refused before anything is compiled:', () => {
  /** So many times the same in a section of a core module. */
  const section = (id: number, count: number, item: readonly number[]): readonly number[] => {
    const content = [...leb(count), ...Array.from({ length: count }, () => item).flat()];
    return [id, ...leb(content.length), ...content];
  };
  const counted = (id: number, count: number): readonly number[] => [id, leb(count).length, ...leb(count)];
  const core = (...sections: readonly (readonly number[])[]): Uint8Array => {
    const module = [...CORE, ...sections.flat()];
    return Uint8Array.from([...PREAMBLE, 0x01, ...leb(module.length), ...module]);
  };
  const body = (locals: readonly number[]): readonly number[] => [...leb(locals.length), ...locals];
  it.each<[string, Uint8Array, string]>([
    ['functions', core(counted(3, 200_001)), 'more than 200000 core functions'],
    ['functions of two modules', twice(core(counted(3, 100_001))), 'more than 200000 core functions'],
    ['globals', core(counted(6, 100_001)), 'more than 100000 core globals'],
    ['data segments', core(counted(11, 200_001)), 'more than 200000 data and element segments'],
    ['core types', core(section(1, 50_001, [0x60, 0, 0])), 'more than 50000 core types'],
    [
      'local variables',
      // Three functions with fifty groups of as many variables as the engine takes: 600 bytes.
      core(section(10, 3, body([50, ...Array.from({ length: 50 }, () => [...leb(50_000), 0x7f]).flat()]))),
      'more than 5000000 local variables',
    ],
    [
      'element segments',
      core(section(9, 200_001, [0x01, 0x00, 0x00])),
      'more than 200000 data and element segments',
    ],
    ['parts of types', manyTypes(40_001), 'more than 40000 parts of component types'],
  ])('%s', (_what, bytes, words) => {
    expect(() => readComponentHeader(bytes)).toThrow(words);
    expect(codeOf(bytes)).toBe('component-too-large');
  });

  /** Each component makes ten of the one before. */
  const multiplied = (levels: number, inner: string): string => {
    const ten = Array.from({ length: 10 }, () => '(instance (instantiate 0))').join('');
    return levels === 0 ? inner : `(component ${multiplied(levels - 1, inner)} ${ten})`;
  };
  const one = '(component (core module $m) (core instance (instantiate $m)))';
  it.each([
    ['core instances, nesting multiplied out', one, 'more than 1000 core instances'],
    [
      'steps of instantiation, nesting multiplied out',
      `(component ${'(instance)'.repeat(11)})`,
      'more than 100000 steps',
    ],
  ])('%s', async (_what, inner, words) => {
    expect(codeOf(await parse(multiplied(3, inner)))).toBe('read');
    const bytes = await parse(multiplied(4, inner));
    expect(() => readComponentHeader(bytes)).toThrow(words);
    expect(() => readComponentHeader(bytes)).toThrow('the limit was reached in the component.');
  });

  it('instances of a component that is imported cannot be counted', async () => {
    const bytes = await parse(`(component
      (component (import "c" (component $c)) (instance (instantiate $c)))
      (component $empty) (instance (instantiate 0 (with "c" (component $empty)))))`);
    expect(codeOf(bytes)).toBe('component-unsupported');
  });

  it('what is imported with one type, again and again', async () => {
    const functions = Array.from({ length: 2_000 }, (_, index) => `(export "f${index}" (func))`).join('');
    const imports = (count: number): string =>
      Array.from({ length: count }, (_, index) => `(import "a:b/i${index}" (instance (type $all)))`).join('');
    const component = (count: number) =>
      parse(`(component (type $all (instance ${functions})) ${imports(count)})`);
    expect(codeOf(await component(40))).toBe('read');
    expect(codeOf(await component(60))).toBe('component-too-large');
  });

  it('copies of a type for its imports', async () => {
    const wide = Array.from({ length: 1_000 }, (_, index) => `(export "t${index}" (type (eq $l)))`).join('');
    const imports = (count: number): string =>
      Array.from({ length: count }, (_, index) => `(import "i${index}" (instance (type $t)))`).join('');
    const component = (count: number): string => `(component (type $t (instance
      (export "r" (type $r (sub resource))) (type $l (list (own $r))) ${wide})) ${imports(count)})`;
    expect(codeOf(await parse(component(10)))).toBe('read');
    expect(codeOf(await parse(component(100)))).toBe('component-too-large');
  });

  it('types in each other, also by reference', async () => {
    const chain = (length: number): string =>
      Array.from({ length }, (_, index) => `(type $t${index + 1} (list $t${index}))`).join('');
    const component = (length: number): string => `(component (type $t0 (list u8)) ${chain(length)})`;
    expect(codeOf(await parse(component(99)))).toBe('read');
    expect(codeOf(await parse(component(100)))).toBe('component-malformed');
  });
});

it.each([
  ['an asynchronous function of the canonical ABI', '(core func (canon task.cancel))'],
  [
    'a function that is lifted asynchronously',
    `(core module $m (func (export "f") (result i32) unreachable) (func (export "c") (param i32 i32 i32) (result i32) unreachable))
     (core instance $i (instantiate $m))
     (func async (canon lift (core func $i "f") async (callback (core func $i "c"))))`,
  ],
])('%s is refused, as a call here is one function that returns', async (_what, text) => {
  const bytes = await parse(`(component ${text})`);
  expect(codeOf(bytes)).toBe('component-unsupported');
  expect(() => readComponentHeader(bytes)).toThrow('the canonical');
});

it('strings in an encoding that the transpiler cannot write out are refused', async () => {
  const bytes = await parse(`(component (import "f" (func $f (param "x" string)))
    (core module $m (memory (export "memory") 1)) (core instance $m (instantiate $m))
    (alias core export $m "memory" (core memory $memory))
    (core func (canon lower (func $f) (memory $memory) string-encoding=latin1+utf16)))`);
  expect(() => readComponentHeader(bytes)).toThrow('strings in Latin-1 or UTF-16');
  expect(codeOf(bytes)).toBe('component-unsupported');
});

describe('garbage-collected types', () => {
  it.each([
    ['an array', '(type (array (mut i32)))'],
    ['a structure', '(type (struct (field i32)))'],
    ['a group', '(rec (type (array i8)) (type (func)))'],
    ['a type with subtypes', '(type (sub (struct)))'],
  ])('are refused, since nothing bounds them: %s', async (_what, type) => {
    const bytes = await parse(`(component (component (core module ${type})))`);
    expect(codeOf(bytes)).toBe('component-unsupported');
    expect(() => readComponentHeader(bytes)).toThrow(
      'core module 0 of nested component 0 of the component has a core type',
    );
  });
});

describe('bytes that are no readable component', () => {
  it.each<[string, string, readonly number[]]>([
    ['nothing', 'component-not-wasm', []],
    ['text', 'component-not-wasm', [...Buffer.from('#!/bin/sh\n')]],
    ['three bytes of the magic number', 'component-truncated', [0x00, 0x61, 0x73]],
    ['seven bytes', 'component-truncated', PREAMBLE.slice(0, 7)],
    ['a core module', 'component-core-module', [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]],
    ['an older component version', 'component-malformed', [0x00, 0x61, 0x73, 0x6d, 0x0a, 0x00, 0x01, 0x00]],
    ['a section without length', 'component-truncated', [...PREAMBLE, 0x07]],
    ['a section longer than the file', 'component-truncated', [...PREAMBLE, 0x07, 0x05, 0x00]],
    ['a section of an unknown kind', 'component-malformed', [...PREAMBLE, 0x20, 0x00]],
    ['a length beyond 32 bits', 'component-malformed', [...PREAMBLE, 0x07, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    [
      'a length that never ends',
      'component-malformed',
      [...PREAMBLE, 0x07, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
    ],
    [
      'a core module longer than its section',
      'component-malformed',
      [...PREAMBLE, 0x01, 10, ...CORE, 0x07, 0x09],
    ],
    ['a core module that is none', 'component-malformed', [...PREAMBLE, 0x01, 8, ...PREAMBLE]],
    [
      'components nested without end',
      'component-malformed',
      nested(40, [...PREAMBLE, 0x01, 10, ...CORE, 0x07, 0x00]),
    ],
    ['a list longer than its section', 'component-malformed', [...PREAMBLE, 0x07, 0x02, 0xff, 0x01]],
    ['left-over bytes in a section', 'component-malformed', [...PREAMBLE, 0x07, 0x02, 0x00, 0x00]],
    [
      'an import of a type that is not there',
      'component-malformed',
      [...PREAMBLE, 0x0a, 6, 1, 0, 1, 0x61, 0x05, 9],
    ],
    [
      'an instance of a type that is none',
      'component-malformed',
      [...PREAMBLE, 7, 2, 1, 0x7f, 0x0a, 6, 1, 0, 1, 0x61, 5, 0],
    ],
    ['a constant expression without end', 'component-too-large', expression(1_000_001)],
    ['an instance type without end', 'component-too-large', instanceType(100_001)],
    ['labels without end', 'component-too-large', flags(1_000_000)],
    [
      'sections without end',
      'component-too-large',
      [...PREAMBLE, ...Array.from({ length: 2_000_002 }, () => 0)],
    ],
    ['a name that is not UTF-8', 'component-malformed', [...PREAMBLE, 0x0a, 6, 1, 0, 1, 0xff, 0x01, 0]],
    [
      'types nested without end',
      'component-malformed',
      [
        ...PREAMBLE,
        0x07,
        0xe9,
        0x07,
        0x01,
        ...Array.from({ length: 333 }, () => [0x42, 0x01, 0x01]).flat(),
        0x7f,
      ],
    ],
  ])('%s: %s', (_, code, bytes) => {
    expect(codeOf(Uint8Array.from(bytes))).toBe(code);
  });

  it('never make anything but the typed error, however a real component is damaged', () => {
    // The head of the file holds the sections that are decoded; a flip there is worth more than one in the code.
    const place = fc.oneof(
      fc.nat(4_000),
      fc.nat(real.length - 1),
      fc.nat(4_000).map((back) => real.length - 1 - back),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 4 }),
        fc.option(place),
        (flips, cut) => {
          const bytes = real.slice(0, cut ?? real.length);
          for (const [at, value] of flips) {
            if (at < bytes.length) {
              bytes[at] = value;
            }
          }
          expect(codeOf(bytes)).toMatch(
            /^(read|component-(not-wasm|core-module|truncated|malformed|bad-name|unsupported))$/,
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never make anything but the typed error, whatever stands behind the preamble', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.uint8Array({ maxLength: 100 }), (id, body) => {
        const bytes = Uint8Array.from([...PREAMBLE, id, body.length, ...body]);
        expect(codeOf(bytes)).toMatch(/^(read|component-(truncated|malformed|bad-name|unsupported))$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
