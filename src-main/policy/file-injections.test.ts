import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  injectionProblem,
  MAX_INJECTED_BYTES,
  MAX_INJECTION_BYTES,
  MAX_INJECTIONS,
  normalizePath,
  type FileInjection,
} from './file-injections.ts';

const large = new Uint8Array(MAX_INJECTION_BYTES + 1);
const sized = (bytes: number, val: string): FileInjection => ({
  content: large.subarray(0, bytes),
  placement: { tag: 'env-pointer', val },
});
const named = (...names: readonly string[]): FileInjection[] => names.map((name) => sized(1, name));
const at = (...paths: readonly string[]): FileInjection[] =>
  paths.map((val) => ({ content: new Uint8Array(1), placement: { tag: 'fixed-path', val } }));
const many = (count: number): FileInjection[] => named(...Array.from({ length: count }, (_, n) => `V${n}`));

describe('the files of a request', () => {
  it.each<[string, readonly FileInjection[], string | undefined]>([
    ['none', [], undefined],
    ['as many as may be', many(MAX_INJECTIONS), undefined],
    ['one more', many(MAX_INJECTIONS + 1), 'too-large'],
    ['an empty one', [sized(0, 'A')], undefined],
    ['the largest', [sized(MAX_INJECTION_BYTES, 'A')], undefined],
    ['one byte larger', [sized(MAX_INJECTION_BYTES + 1, 'A')], 'too-large'],
    [
      'the most together',
      [sized(MAX_INJECTED_BYTES / 2, 'A'), sized(MAX_INJECTED_BYTES / 2, 'B')],
      undefined,
    ],
    [
      'one byte more together',
      [sized(MAX_INJECTED_BYTES / 2, 'A'), sized(MAX_INJECTED_BYTES / 2, 'B'), sized(1, 'C')],
      'too-large',
    ],
    ['too large and badly named', [sized(MAX_INJECTION_BYTES + 1, '')], 'too-large'],
    ['a name that is none', named('1A'), 'invalid-input'],
    ['an empty name', named(''), 'invalid-input'],
    ['a reserved name', named('LD_PRELOAD'), 'invalid-input'],
    ['a reserved name in other letters', named('Path'), 'invalid-input'],
    ['a name twice', named('A', 'B', 'A'), 'invalid-input'],
    ['names that differ in case', named('A', 'a'), undefined],
    ['an absolute path', at('/etc/tool/settings.json'), undefined],
    ['a name and a path', [...named('A'), ...at('/opt/a')], undefined],
    ['a relative path', at('opt/a'), 'invalid-input'],
    ['an empty path', at(''), 'invalid-input'],
    ['the root', at('/'), 'invalid-input'],
    ['the root in other words', at('/./'), 'invalid-input'],
    ['two dots', at('/opt/../etc/passwd'), 'invalid-input'],
    ['two dots at the end', at('/opt/a/..'), 'invalid-input'],
    ['dots in a name', at('/opt/..a/b..'), undefined],
    ['a quote', at('/opt/a"b'), 'invalid-input'],
    ['a backslash', at('/opt/a\\b'), 'invalid-input'],
    ['NUL', at('/opt/a\0b'), 'invalid-input'],
    ['a path twice', at('/opt/a', '/opt/a'), 'invalid-input'],
    ['a path twice, written with a dot', at('/opt/a', '/opt/./a'), 'invalid-input'],
    ['a path twice, written with two slashes', at('/opt/a', '//opt//a/'), 'invalid-input'],
    ['a path within another', at('/opt/a/b/c', '/opt/b', '/opt/a'), 'invalid-input'],
    ['a path whose name begins like another', at('/opt/a', '/opt/a-b', '/opt/ab'), undefined],
    ['paths that differ in case', at('/opt/a', '/opt/A'), undefined],
    ['the longest name', at(`/opt/${'x'.repeat(255)}`), undefined],
    ['the longest path', at(`${'/a'.repeat(2_047)}x`), undefined],
    ['a path one byte longer', at(`${'/a'.repeat(2_047)}xx`), 'invalid-input'],
    ['a name that no file system holds', at(`/opt/${'x'.repeat(256)}`), 'invalid-input'],
    ['a path that no system takes', at('/a'.repeat(2_048)), 'invalid-input'],
  ])('%s: %#', (_name, injections, problem) => {
    expect(injectionProblem(injections, { fixedPaths: true })).toBe(problem);
  });

  it('have places of which none lies within another', () => {
    const path = fc
      .array(fc.constantFrom('a', 'a-', 'a0', 'ab', '.', ''), { minLength: 1, maxLength: 4 })
      .map((names) => `/o/${names.join('/')}`);
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 6 }), (paths) => {
        const places = paths.map((each) => `${normalizePath(each)}/`);
        const nested = places.some((one, n) => places.some((other, m) => n !== m && other.startsWith(one)));
        expect(injectionProblem(at(...paths), { fixedPaths: true })).toBe(
          nested ? 'invalid-input' : undefined,
        );
      }),
    );
  });

  it('cannot appear at a path of the guest’s choosing where the sandbox has no mounts', () => {
    expect(injectionProblem(at('/opt/a'), { fixedPaths: false })).toBe('invalid-input');
    expect(injectionProblem(named('A'), { fixedPaths: false })).toBeUndefined();
  });
});

it.each([
  ['/a/./b', '/a/b'],
  ['//a///b/', '/a/b'],
  ['/a/..b', '/a/..b'],
])('%s is %s', (path, normal) => {
  expect(normalizePath(path)).toBe(normal);
});
