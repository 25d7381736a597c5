import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { readToml, TomlValue } from './toml.ts';

/** Text with everything in it that means something outside of a string. */
const text = fc
  .array(
    fc.constantFrom(
      '"',
      "'",
      '"""',
      "'''",
      '#',
      '=',
      ',',
      '[',
      ']',
      '{',
      '}',
      '\n',
      '\\',
      ' ',
      'a',
      '1979-05-27',
      'inf',
      'é',
    ),
  )
  .map((parts) => parts.join(''));
const key = fc.oneof(text, fc.constantFrom('1979-05-27', 'inf', '9007199254740993', '__proto__', 'a'));

/** A value as TOML, and what it reads as. */
type Written = readonly [toml: string, value: unknown];

const strings: fc.Arbitrary<Written> = fc.oneof(
  text.map((value): Written => [JSON.stringify(value), value]),
  text.map((value) => value.replaceAll(/['\n]/g, '')).map((value): Written => [`'${value}'`, value]),
  // One or two quotes may stand inside and at the end.
  text.map((value): Written => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('"""', '""\\"');
    return [`"""\n${escaped.replace(/"""$/, '""\\"')}"""`, value];
  }),
  text.map((value) => value.replaceAll("'''", '')).map((value): Written => [`'''\n${value}'''`, value]),
);
const literal = (kind: TomlValue['kind'], written: string, exact = written): Written => [
  written,
  { kind, text: exact },
];
const scalars: fc.Arbitrary<Written> = fc.oneof(
  strings,
  fc.boolean().map((value): Written => [`${value}`, value]),
  fc.integer().map((value): Written => [`${value}`, value]),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map((value) => literal('integer', `${value}`)),
  fc.constantFrom(
    literal('not-finite', '-inf'),
    literal('not-finite', 'nan'),
    literal('date', '1979-05-27T07:32:00.123456Z'),
    literal('date', '1979-05-27 07:32:00.123456', '1979-05-27T07:32:00.123456'),
    literal('date', '1979-05-27'),
    literal('date', '07:32:00'),
  ),
);
const { value: values } = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalars,
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((items): Written => [
        `[ # [\n${items.map(([toml]) => `${toml} , # "\n`).join('')}]`,
        items.map(([, value]) => value),
      ]),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }).map((fields): Written => {
      const entries = Object.entries(fields);
      return [
        `{${entries.map(([name, [toml]]) => ` ${JSON.stringify(name)} = ${toml}`).join(', ')} }`,
        new Map(entries.map(([name, [, value]]) => [name, value])),
      ];
    }),
  ),
}));

/** Objects as maps, so that a key like `__proto__` counts, and literals without their line. */
function shape(value: unknown): unknown {
  if (value instanceof TomlValue) {
    return { kind: value.kind, text: value.text };
  }
  if (Array.isArray(value)) {
    return value.map(shape);
  }
  return typeof value === 'object' && value !== null
    ? new Map(Object.entries(value).map(([name, inner]) => [name, shape(inner)]))
    : value;
}

describe('TOML', () => {
  it('is read without loss, whatever strings, comments and keys look like', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, values), { selector: ([name]) => name, maxLength: 4 }),
        (pairs) => {
          const lines = pairs.map(
            ([name, [toml]]) => `${JSON.stringify(name)} = ${toml} # = 1979-05-27 '"\n`,
          );
          const whole = `[1979-05-27.inf] # [\n${lines.join('')}[[a.9007199254740993]]\n`;
          const expected = new Map(pairs.map(([name, [, value]]) => [name, value]));
          expect(shape(readToml(whole))).toEqual(
            new Map<string, unknown>([
              ['1979-05-27', new Map([['inf', expected]])],
              ['a', new Map([['9007199254740993', [new Map()]]])],
            ]),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is read as the library itself reads it, where that loses nothing', () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.boolean(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(text, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(text, plain), (given) => {
        const written = stringify(given);
        expect(readToml(written)).toEqual(parse(written));
      }),
    );
  });

  it('says on which line a value stands that JavaScript does not hold', () => {
    const read = readToml(
      'a = """\n\n1979-05-27\n""" # 1979-05-27\n\nb = [1,\n # inf\n inf]\r\nc = 1979-05-27\r\n',
    );
    expect(read).toMatchObject({ b: [1, { line: 8 }], c: { line: 9 } });
  });
});
