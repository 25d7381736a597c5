import { describe, expect, it } from 'vitest';
import { parseMore, refusalOf } from './testing.ts';

describe('what a manifest imports', () => {
  it('is read in both shapes, in its order', () => {
    const { imports, warnings } = parseMore(`
      [imports]
      "a:b" = "1"
      "a:c-2" = { version = ">=1.2, <2" }
      "a:d" = { version = "*", optional = true }
      [imports.x-1]
      e = "^1"
      f = { version = "~0.1.2", optional = false }
    `);
    expect(imports).toEqual([
      { namespace: 'a', interface: 'b', requirement: '1', optional: false },
      { namespace: 'a', interface: 'c-2', requirement: '>=1.2, <2', optional: false },
      { namespace: 'a', interface: 'd', requirement: '*', optional: true },
      { namespace: 'x-1', interface: 'e', requirement: '^1', optional: false },
      { namespace: 'x-1', interface: 'f', requirement: '~0.1.2', optional: false },
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['"a:b" = "newest"', '"imports.a:b" has the invalid version requirement "newest".'],
    ['a = { b = "1 || 2" }', '"imports.a.b" has the invalid version requirement "1 || 2".'],
    ['a = "1"', '"imports.a" has no interface.'],
    ['":b" = "1"', '"imports.:b" has an invalid name.'],
    ['"a:" = "1"', '"imports.a:" has an invalid name.'],
    ['"a:b:c" = "1"', '"imports.a:b:c" has an invalid name.'],
    ['"a:b_c" = "1"', '"imports.a:b_c" has an invalid name.'],
    ['"1a:b" = "1"', '"imports.1a:b" has an invalid name.'],
    ['a = { B = "1" }', '"imports.a.B" has an invalid name.'],
    ['A = { b = "1" }', '"imports.A.b" has an invalid name.'],
    ['a = { b = "1" }\n"a:b" = "1"', '"imports.a:b" has a second entry for the same interface.'],
  ])('is refused: %s', (text, message) => {
    expect(refusalOf(`[imports]\n${text}`)).toBe(`manifest-bad-contract: ${message}`);
  });
});

describe('what a manifest exports', () => {
  it('is read in both shapes, in its order, with one exact version', () => {
    const { exports, warnings } = parseMore(`
      [exports]
      "a:b" = "1.0.0"
      "a:c" = { version = "1.0.0-rc.1" }
      [exports.x]
      d = "0.1.0+build"
    `);
    expect(exports).toEqual([
      { namespace: 'a', interface: 'b', version: '1.0.0' },
      { namespace: 'a', interface: 'c', version: '1.0.0-rc.1' },
      { namespace: 'x', interface: 'd', version: '0.1.0+build' },
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['"a:b" = "1.0"', '"exports.a:b" has the invalid version "1.0".'],
    ['a = { b = { version = "*" } }', '"exports.a.b" has the invalid version "*".'],
    ['a = "1.0.0"', '"exports.a" has no interface.'],
    ['"a:b" = "1.0.0"\na = { b = "1.0.0" }', '"exports.a.b" has a second entry for the same interface.'],
  ])('is refused: %s', (text, message) => {
    expect(refusalOf(`[exports]\n${text}`)).toBe(`manifest-bad-contract: ${message}`);
  });
});

describe.each(['imports', 'exports'])('a table of [%s]', (table) => {
  it('is warned of what it does not know', () => {
    expect(parseMore(`[${table}]\n"a:b" = { version = "1.0.0", vresion = "2" }`).warnings).toEqual([
      `"${table}.a:b.vresion" is unknown and has no effect. Did you mean "version"?`,
    ]);
  });

  it('needs a version', () => {
    expect(refusalOf(`[${table}]\n"a:b" = {}`)).toBe(
      `manifest-missing-key: "${table}.a:b.version" is missing.`,
    );
  });
});
