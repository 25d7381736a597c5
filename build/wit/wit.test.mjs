import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generate } from './generate.mjs';
import { functionTypesFileText } from './function-types.mjs';
import { interfaceTable } from './interfaces-file.mjs';
import { drift, lockedShapes, presentShapes } from './lock.mjs';
import { camelCase, pascalCase } from './names.mjs';
import { parse } from './parse.mjs';
import { check, readContract } from './resolve.mjs';
import { shapeDigest } from './shape.mjs';
import { typesFileText } from './types-file.mjs';

const contract = path.join(import.meta.dirname, '..', '..', 'wit');
const packages = readContract(contract);
const scratch = mkdtempSync(path.join(tmpdir(), 'wit-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const sample = `package t:things@1.0.0;

interface store {
  /// Why it failed.
  variant error-code { missing, unknown(string) }
  record item { first-name: string, age: option<u32> }
  enum colour { red, green }
  resource box { constructor(size: u32); peek: func() -> option<item>; open: static func() -> result<box, error-code>; }
  copy: func(source: borrow<box>, target: string) -> result<_, error-code>;
}
`;

/** @param {string} text */
function digest(text) {
  return shapeDigest(parse(text, 'sample.wit'));
}

/** @param {string} text */
function read(text) {
  const pkg = parse(text, 'sample.wit');
  check([pkg]);
  return pkg;
}

/** @param {string} id */
function packageOf(id) {
  const pkg = packages.find((each) => each.id === id);
  if (!pkg) {
    throw new Error(`no package ${id}`);
  }
  return pkg;
}

/**
 * @param {string} id
 * @param {string} name
 */
function tableOf(id, name) {
  const pkg = packageOf(id);
  const iface = pkg.interfaces.find((each) => each.name === name);
  if (!iface) {
    throw new Error(`no interface ${name}`);
  }
  return interfaceTable(packages, pkg, iface);
}

describe('the contract', () => {
  it('has the 15 packages in the shapes that are locked', () => {
    expect(drift(lockedShapes(), presentShapes())).toEqual([]);
    expect(Object.keys(presentShapes())).toHaveLength(15);
  });

  it('has 95 functions and 105 resource methods, each with a comment', () => {
    const interfaces = packages.flatMap((pkg) => pkg.interfaces);
    const functions = interfaces.flatMap((iface) => iface.functions);
    const methods = interfaces
      .flatMap((iface) => iface.types)
      .flatMap((def) => ('methods' in def ? def.methods : []));
    expect([functions.length, methods.length]).toEqual([95, 105]);
    const declared = [...interfaces, ...interfaces.flatMap((iface) => iface.types), ...functions, ...methods];
    expect(declared.filter(({ docs }) => docs.length === 0)).toEqual([]);
  });

  it('names the package that drifted and the rule', () => {
    const [line] = drift({ 'a:b@1.0.0': '1' }, { 'a:b@1.0.0': '2' });
    expect(line).toMatch(/^a:b@1\.0\.0 changed shape\. Shapes are fixed by the public contract/);
    expect(drift({ 'a:b@1.0.0': '1' }, {})).toEqual(['a:b@1.0.0 is locked but missing from wit/']);
    expect(drift({}, { 'a:b@1.0.0': '1' })).toEqual(['a:b@1.0.0 is new in wit/ and not locked']);
  });
});

describe('a shape digest', () => {
  it.each([
    ['field order', 'first-name: string, age: option<u32>', 'age: option<u32>, first-name: string'],
    ['case order', 'missing, unknown(string)', 'unknown(string), missing'],
    ['enum order', 'red, green', 'green, red'],
    ['a missing case', 'missing, unknown', 'unknown'],
    ['a missing enum case', 'red, green', 'red'],
    ['a case payload', 'unknown(string)', 'unknown'],
    ['a field type', 'option<u32>', 'option<u64>'],
    ['a renamed field', 'first-name', 'given-name'],
    ['a renamed parameter', 'target: string', 'to: string'],
    ['parameter order', 'source: borrow<box>, target: string', 'target: string, source: borrow<box>'],
    ['a borrow turned into an own', 'borrow<box>', 'own<box>'],
    ['a lost result', ' -> option<item>', ''],
    ['a lost error', 'result<box, error-code>', 'result<box>'],
    ['static turned into a method', 'static func', 'func'],
    ['a lost constructor', 'constructor(size: u32);', ''],
    ['a renamed function', 'copy: func', 'clone: func'],
    ['a renamed interface', 'interface store', 'interface shop'],
    ['the version', '@1.0.0', '@1.0.1'],
  ])('changes with %s', (_what, from, to) => {
    expect(sample).toContain(from);
    expect(digest(sample.replace(from, to))).not.toBe(digest(sample));
  });

  it.each([
    ['comments', '/// Why it failed.', '/* nothing */ // at all'],
    ['layout', 'first-name: string, ', 'first-name\n:\nstring,'],
    ['a last comma', 'age: option<u32> }', 'age: option<u32>, }'],
    ['an escaped name', 'enum colour', 'enum %colour'],
  ])('does not change with %s', (_what, from, to) => {
    expect(digest(sample.replace(from, to))).toBe(digest(sample));
  });

  it('does not change with the order of declarations', () => {
    const colour = '  enum colour { red, green }\n';
    const moved = sample.replace(colour, '').replace('interface store {\n', `interface store {\n${colour}`);
    expect(moved).not.toBe(sample);
    expect(digest(moved)).toBe(digest(sample));
  });
});

describe('the parser', () => {
  it.each([
    ['a stray character', 'string, age', 'string; age', 6, 'expected "}", found ";"'],
    ['an unknown character', 'red, green', 'red, gréen', 7, 'unexpected character "é"'],
    ['a missing type', 'age: option<u32>', 'age: ', 6, 'expected a name, found "}"'],
    ['an empty enum', 'enum colour { red, green }', 'enum colour {}', 7, 'this enum is empty'],
    ['two type arguments', 'option<u32>', 'option<u32, u8>', 6, 'option with 2 type arguments'],
    ['an unknown type', 'age: option<u32>', 'age: option<year>', 6, 'unknown type year'],
    ['a field named twice', 'first-name: string', 'age: string', 6, 'age is declared twice'],
    ['a type named twice', 'enum colour', 'enum item', 7, 'item is declared twice'],
    ['a parameter named twice', 'target: string', 'source: string', 9, 'source is declared twice'],
    ['no version', '@1.0.0', '', 1, 'expected "@", found ";"'],
    ['a version that is none', '@1.0.0', '@one', 1, 'expected a version such as 1.0.0, found "one"'],
    ['an open interface', '  copy', '  /* copy', 9, 'this comment is never closed'],
    ['an early end', '\n}\n', '\n', 10, 'expected a name, found end of file'],
    ['an async function', 'copy: func', 'copy: async func', 9, 'expected "func", found "async"'],
    ['a feature gate', '  enum', '  @since(version = 1.0.0) enum', 7, 'expected a name, found "@"'],
    [
      'something else at the top',
      'interface',
      'component',
      3,
      'expected an interface or a world, found "component"',
    ],
    [
      'an unknown used interface',
      '  enum',
      '  use nowhere.{thing};\n  enum',
      7,
      'there is no interface t:things/nowhere@1.0.0',
    ],
  ])('refuses %s with file and line', (_what, from, to, line, message) => {
    expect(sample).toContain(from);
    expect(() => read(sample.replace(from, to))).toThrow(`sample.wit:${line}: ${message}`);
  });

  it('accepts the unchanged sample', () => {
    expect(read(sample).interfaces[0]?.types.map(({ name }) => name)).toEqual([
      'error-code',
      'item',
      'colour',
      'box',
    ]);
  });
});

describe('the generator', () => {
  it('spells names like jco', () => {
    expect([camelCase('blocking-write-and-flush'), camelCase('usr1'), pascalCase('tcp-stream')]).toEqual([
      'blockingWriteAndFlush',
      'usr1',
      'TcpStream',
    ]);
  });

  it('writes option, result, handle and error types by jco conventions', () => {
    const pkg = read(sample);
    const text = typesFileText([pkg], pkg);
    expect(text).toContain("export type BoxHandle = Handle<'t:things/store@1.0.0#box'>;");
    expect(text).toContain('readonly age?: number | undefined;');
    expect(text).toContain(
      "'[constructor]box': { params: readonly [size: number]; ok: BoxHandle; err: never };",
    );
    expect(text).toContain(
      "'[method]box.peek': { params: readonly [self: BoxHandle]; ok: Item | undefined; err: never };",
    );
    expect(text).toContain("'[static]box.open': { params: readonly []; ok: BoxHandle; err: ErrorCode };");
    expect(text).toContain(
      "'copy': { params: readonly [source: BoxHandle, target: string]; ok: void; err: ErrorCode };",
    );
  });

  it('writes out the types of functions, each declared type once and behind those in it', () => {
    const pkg = read(sample);
    const text = functionTypesFileText([pkg]);
    const constants = [...text.matchAll(/^const (\w+): ValueType = /gm)].map(([, name]) => name);
    expect(new Set(constants).size).toBe(constants.length);
    for (const name of constants) {
      expect(text.indexOf(`const ${name}:`)).toBe(text.indexOf(name ?? '') - 'const '.length);
    }
    expect(text).toContain(
      "'[constructor]box': { params: [{ name: 'size', type: 'u32' }], result: { kind: 'own', resource: 't:things/store@1.0.0#box' } },",
    );
    expect(text).toContain(
      "'[method]box.peek': { params: [{ name: 'self', type: { kind: 'borrow', resource: 't:things/store@1.0.0#box' } }],",
    );
    expect(text).toContain("'[static]box.open': { params: [], result: { kind: 'result', ok: { kind: 'own',");
  });

  it('lists the cases of the error type', () => {
    expect(tableOf('astrid:io@1.0.0', 'streams').errorCases).toEqual({
      'last-operation-failed': 'error',
      closed: null,
    });
    expect(tableOf('astrid:approval@1.0.0', 'host').errorCases).toMatchObject({
      timeout: null,
      unknown: 'string',
    });
    expect(tableOf('astrid:io@1.0.0', 'error').errorCases).toBeNull();
  });

  it('writes the same text every time and touches only files that changed', () => {
    const first = generate(contract, scratch);
    expect(first).toHaveLength(packages.length + 4);
    const [untouched, edited, stale] = ['handle.ts', 'interfaces.ts', 'astrid-gone-1-0-0.ts'].map((name) =>
      path.join(scratch, name),
    );
    if (!untouched || !edited || !stale) {
      throw new Error('three names give three paths');
    }
    const text = readFileSync(edited, 'utf8');
    utimesSync(untouched, 1, 1);
    writeFileSync(edited, 'changed by hand');
    writeFileSync(stale, '');
    expect(generate(contract, scratch)).toEqual(['astrid-gone-1-0-0.ts', 'interfaces.ts']);
    expect(readFileSync(edited, 'utf8')).toBe(text);
    expect(statSync(untouched).mtimeMs).toBe(1000);
    expect(readdirSync(scratch).toSorted()).toEqual([...first].toSorted());
  });
});
