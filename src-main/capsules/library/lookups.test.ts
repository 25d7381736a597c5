import { describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
import { parseManifest } from '../manifest/manifest.ts';
import type { Library } from './library.ts';
import { configOf } from './lookups.ts';

/** What a guest reads of `default = <toml>`, or the refusal of the manifest. */
function configured(toml: string): string | undefined {
  const text = `[package]\nname = "demo"\nversion = "1.0.0"\n[env.KEY]\ntype = "text"\ndefault = ${toml}\n`;
  try {
    const manifest = parseManifest(new TextEncoder().encode(text));
    const library = { find: () => ({ manifest }) } as unknown as Library;
    return configOf(library, 'demo', 'KEY');
  } catch (error) {
    if (isTypedError(error)) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
}

describe('the default of a setting reaches the guest', () => {
  it.each([
    ['"text"', 'text'],
    ['true', 'true'],
    ['42', '42'],
    ['1.5', '1.5'],
    ['-0.0', '-0.0'],
    ['1e20', '100000000000000000000'],
    ['0.1', '0.1'],
    ['9007199254740993', '9007199254740993'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['+9_223_372_036_854_775_807', '9223372036854775807'],
    ['0x7fff_ffff_ffff_ffff', '9223372036854775807'],
    ['0o777777777777777777777', '9223372036854775807'],
    [
      '[1, 9007199254740993, { a = 9007199254740995, "b\\n" = [] }]',
      '[1,9007199254740993,{"a":9007199254740995,"b\\n":[]}]',
    ],
    ['1979-05-27T07:32:00.123456789Z', '1979-05-27T07:32:00.123456789Z'],
    ['1979-05-27 07:32:00.999999-07:00', '1979-05-27T07:32:00.999999-07:00'],
    ['1979-05-27t07:32:00z', '1979-05-27T07:32:00Z'],
    ['1979-05-27T07:32:00.5', '1979-05-27T07:32:00.5'],
    ['1979-05-27 07:32', '1979-05-27T07:32:00'],
    ['1979-05-27', '1979-05-27'],
    ['07:32:00.000001', '07:32:00.000001'],
    ['[1979-05-27, 07:32:00] # 1979-05-28', '["1979-05-27","07:32:00"]'],
    ['2000-02-29', '2000-02-29'],
    ['"1979-05-27T07:32:00.123456Z = inf"', '1979-05-27T07:32:00.123456Z = inf'],
  ])('as it stands there: %s', (toml, text) => {
    expect(configured(toml)).toBe(text);
  });

  it.each([
    ['inf', '"env.KEY.default" is inf'],
    ['-inf', '"env.KEY.default" is -inf'],
    ['+nan', '"env.KEY.default" is +nan'],
    ['1e400', '"env.KEY.default" is 1e400'],
    ['-1_0e4_00', '"env.KEY.default" is -1_0e4_00'],
    ['[1, { a = [nan] }]', '"env.KEY.default[1].a[0]" is nan'],
    ['9223372036854775808', '"env.KEY.default" is 9223372036854775808'],
    ['-9223372036854775809', '"env.KEY.default" is -9223372036854775809'],
    ['0xffffffffffffffff', '"env.KEY.default" is 0xffffffffffffffff'],
    [`[${'9'.repeat(5_000)}]`, '"env.KEY.default[0]" is 999999'],
    ['2020-02-30', '"env.KEY.default" is 2020-02-30'],
    ['[\n\n2021-02-29T10:00:00Z]', '"env.KEY.default[0]" is 2021-02-29T10:00:00Z'],
  ])('or is refused with its key and line when JSON or TOML has no such value: %s', (toml, says) => {
    const line = 6 + toml.split('\n').length - 1;
    expect(configured(toml)).toMatch(new RegExp(`^manifest-[a-z-]+: Capsule\\.toml:${line}: `));
    expect(configured(toml)).toContain(says);
    expect(configured(toml)?.length).toBeLessThan(300);
  });

  it('is not asked to be JSON where nothing reads it', () => {
    const text =
      '[package]\nname = "demo"\nversion = "1.0.0"\nmetadata = { a = inf, b = 9007199254740993 }\n[x]\ny = nan\n';
    expect(parseManifest(new TextEncoder().encode(text)).warnings).toHaveLength(1);
  });

  it('is refused in one sentence when it is nested deeper than anybody writes', () => {
    expect(configured(`0\ndefault2${'.a'.repeat(100_000)} = 1`)).toMatch(/^manifest-syntax: .*nested/);
    expect(configured(`${'['.repeat(900)}${']'.repeat(900)}`)).toMatch(/^manifest-syntax: .*nested/);
  });
});
