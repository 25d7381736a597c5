import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { configText } from './config-value.ts';
import { parseMore, refusalOf } from './testing.ts';

/** What a guest reads of a setting with this default, written in TOML. */
function read(toml: string): string | undefined {
  const value = parseMore(`[env.X]\ntype = "text"\ndefault = ${toml}\n`).env[0]?.default;
  return value === null || value === undefined ? undefined : configText(value);
}

describe('the default of a setting', () => {
  it.each([
    ['"text"', 'text'],
    ['""', ''],
    ['true', 'true'],
    ['false', 'false'],
    ['0', '0'],
    ['-7', '-7'],
    ['1.5', '1.5'],
    ['-0.0', '-0.0'],
    ['9007199254740993', '9007199254740993'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['0x7FFFFFFFFFFFFFFE', '9223372036854775806'],
    ['1979-05-27', '1979-05-27'],
    ['1979-05-27 07:32Z', '1979-05-27T07:32:00Z'],
    ['[]', '[]'],
    ['["a", 1, [true], -0.0]', '["a",1,[true],-0.0]'],
    ['{}', '{}'],
    ['{ a = "\\"", "b.c" = { d = [] }, e = 1 }', '{"a":"\\"","b.c":{"d":[]},"e":1}'],
    ['[9007199254740993, { at = 1979-05-27 }]', '[9007199254740993,{"at":"1979-05-27"}]'],
    ['{ __proto__ = { a = 1 } }', '{"__proto__":{"a":1}}'],
  ])('%s is read as %s', (toml, text) => {
    expect(read(toml)).toBe(text);
  });

  it('is read as JSON that says the same', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.boolean(),
        fc.maxSafeInteger(),
        // `stringify` writes -0 as 0; its sign is in the table.
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (given) => {
        const inner = stringify({ type: 'text', default: [given] });
        const entry = parseMore(
          `[env.X]\n${inner.replaceAll(/^\[+default/gm, (at) => at.replace('default', 'env.X.default'))}`,
        );
        expect(JSON.parse(configText(entry.env[0]?.default ?? ''))).toEqual([given]);
      }),
    );
  });

  it.each([
    ['nan', 'default', 'nan'],
    ['[1, [-inf]]', 'default[1][0]', '-inf'],
    ['{ a = [{ b = +inf }] }', 'default.a[0].b', '+inf'],
    ['1e999', 'default', '1e999'],
  ])('is refused where JSON has no such number: %s', (toml, key, number) => {
    expect(refusalOf(`[env.X]\ntype = "text"\n\ndefault = ${toml}`)).toBe(
      `manifest-wrong-type: Capsule.toml:7: "env.X.${key}" is ${number}; a setting is read as JSON, which has no such number.`,
    );
  });

  it('may be missing', () => {
    expect(read('"x"\n[env.Y]\ntype = "text"')).toBe('x');
    expect(parseMore('[env.X]\ntype = "text"').env[0]?.default).toBeNull();
  });
});
