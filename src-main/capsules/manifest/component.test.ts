import { describe, expect, it } from 'vitest';
import { parseMore, refusalOf } from './testing.ts';

const HEX = 'ab01'.repeat(16);
const component = (more: string): string => `[[component]]\nfile = "a.wasm"\n${more}\n`;

describe('the component of a manifest', () => {
  it.each([HEX, HEX.toUpperCase(), `blake3:${HEX}`, `BLAKE3:${HEX.toUpperCase()}`])(
    'may have a hash, whose case does not matter: %s',
    (hash) => {
      expect(parseMore(component(`hash = "${hash}"`)).component).toEqual({ file: 'a.wasm', hash: HEX });
    },
  );

  it.each(['', HEX.slice(1), `${HEX}0`, `0${HEX}`, `x${HEX}`, `blake3:${HEX}0`, `sha3:${HEX}`, `${HEX}\\n`])(
    'may have no other hash: %s',
    (hash) => {
      expect(refusalOf(component(`hash = "${hash}"`))).toBe(
        'manifest-wrong-type: "component[0].hash" is not a BLAKE3 hash.',
      );
    },
  );

  it.each([
    ['./a.wasm', 'a.wasm'],
    ['a/b.c/..d/e.wasm', 'a/b.c/..d/e.wasm'],
    ['a b', 'a b'],
  ])('lies at a path inside the capsule: %s', (file, kept) => {
    expect(parseMore(`[[component]]\nfile = "${file}"`).component?.file).toBe(kept);
  });

  it.each([
    '',
    '.',
    './',
    '..',
    '/a',
    'a/',
    'a//b',
    'a/./b',
    '././a',
    'a/..',
    'a\\\\b',
    'a\\u0007',
    'a\\u0085',
  ])('lies at no other path: %j', (file) => {
    for (const key of ['file', 'entrypoint']) {
      expect(refusalOf(`[[component]]\n${key} = "${file}"`)).toBe(
        `manifest-bad-path: "component[0].${key}" is not a path inside the capsule.`,
      );
    }
  });

  it('is named by the newer of two keys, where both stand', () => {
    const manifest = parseMore(component('entrypoint = "older.wasm"'));
    expect(manifest).toMatchObject({ component: { file: 'a.wasm' }, generation: 'current', warnings: [] });
    expect(parseMore('[[component]]\nentrypoint = "older.wasm"')).toMatchObject({
      component: { file: 'older.wasm' },
      generation: 'older',
      warnings: [],
    });
  });

  it.each([
    ['id = "x"', []],
    ['link = []', []],
    ['link = ["b"]', ['"component[0].link" has no effect: components are not linked to each other.']],
    ['type = "executable"', ['"component[0].type" has no effect.']],
  ])('may have keys without an effect, and is warned of those that promise one: %s', (line, warnings) => {
    expect(parseMore(component(line)).warnings).toEqual(warnings);
  });

  it('is the first of several, which alone asks for capabilities', () => {
    const manifest = parseMore(
      `${component('[component.capabilities]\nkv = ["a"]')}[[component]]\nfile = "b.wasm"\ncapabilities = { kv = ["b"] }`,
    );
    expect(manifest).toMatchObject({ component: { file: 'a.wasm' }, capabilities: { kv: ['a'] } });
    expect(refusalOf(`${component('')}[[component]]\nid = "b"`)).toBe(
      'manifest-missing-key: "component[1].file" is missing.',
    );
  });
});
