import { readFileSync } from 'node:fs';
import { parse } from '@bytecodealliance/jco';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TypedError } from '../base/typed-error.ts';
import { readComponentHeader } from './component-header.ts';

/** Made by the example's build (QuickJS), which the preparation runs before any test. */
const real = new Uint8Array(
  readFileSync(new URL('../../capsules/runner/build/runner.wasm', import.meta.url)),
);
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

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
    expect(process?.functions).toContain('spawn-persistent');
    expect(process?.functions).toContain('[method]process-handle.kill');
    expect(process?.resources).toEqual(['process-handle']);
    expect(header.imports.every((each) => /^astrid:[a-z]+\/[a-z]+@1\.0\.0$/.test(each.name))).toBe(true);
    expect(header.exports).toContainEqual({ name: 'astrid-hook-trigger', kind: 'func' });
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
    expect(readComponentHeader(bytes)).toEqual({
      imports: [
        { name: 'plain', kind: 'func', functions: [], resources: [] },
        { name: 'thing', kind: 'type', functions: [], resources: [] },
        { name: 'a:b/c@1.0.0', kind: 'instance', functions: ['make', '[method]r.use'], resources: ['r'] },
        { name: 'd:e/f@2.0.0', kind: 'instance', functions: ['one'], resources: [] },
      ],
      exports: [
        { name: 'run', kind: 'func' },
        { name: 'code', kind: 'core' },
      ],
    });
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
          expect(codeOf(bytes)).toMatch(/^(read|component-(not-wasm|core-module|truncated|malformed))$/);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never make anything but the typed error, whatever stands behind the preamble', () => {
    fc.assert(
      fc.property(fc.constantFrom(6, 7, 10, 11), fc.uint8Array({ maxLength: 100 }), (id, body) => {
        const bytes = Uint8Array.from([...PREAMBLE, id, body.length, ...body]);
        expect(codeOf(bytes)).toMatch(/^(read|component-malformed)$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
