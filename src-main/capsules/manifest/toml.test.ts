import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
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
/** Integers of 64 bits that JavaScript's numbers do not hold, in every notation. */
const large = fc
  .bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n })
  .chain((value) =>
    fc.constantFrom(
      literal('integer', `${value}`),
      literal('integer', `+${value}`, `${value}`),
      literal('integer', `-${value}`),
      literal('integer', `${value}`.replaceAll(/\B(?=(?:\d{3})+$)/g, '_'), `${value}`),
      literal('integer', `0x${value.toString(16)}`, `${value}`),
      literal('integer', `0x${value.toString(16).toUpperCase()}`, `${value}`),
      literal('integer', `0o${value.toString(8)}`, `${value}`),
      literal('integer', `0b${value.toString(2)}`, `${value}`),
    ),
  );
const twoDigits = (max: number) => fc.integer({ min: 0, max }).map((value) => `${value}`.padStart(2, '0'));
const days = fc
  .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const times = fc
  .tuple(twoDigits(23), twoDigits(59), fc.option(twoDigits(59)), fc.option(fc.stringMatching(/^\d{1,9}$/)))
  .map(([hour, minute, second, fraction]): readonly [written: string, exact: string] => {
    const start = `${hour}:${minute}`;
    const whole = `${start}:${second ?? '00'}`;
    return second === null
      ? [start, whole]
      : fraction === null
        ? [whole, whole]
        : [`${whole}.${fraction}`, `${whole}.${fraction}`];
  });
const zones = fc.oneof(
  fc.constantFrom('', 'Z', 'z'),
  fc
    .tuple(fc.constantFrom('+', '-'), twoDigits(23), twoDigits(59))
    .map(([sign, hour, minute]) => `${sign}${hour}:${minute}`),
);
const dates: fc.Arbitrary<Written> = fc.oneof(
  days.map((day) => literal('date', day)),
  times.map(([written, exact]) => literal('date', written, exact)),
  fc
    .tuple(days, fc.constantFrom('T', 't', ' '), times, zones)
    .map(([day, between, [written, exact], zone]) =>
      literal('date', `${day}${between}${written}${zone}`, `${day}T${exact}${zone.toUpperCase()}`),
    ),
);
const scalars: fc.Arbitrary<Written> = fc.oneof(
  strings,
  fc.boolean().map((value): Written => [`${value}`, value]),
  fc.integer().map((value): Written => [`${value}`, value]),
  fc.constantFrom<Written>(
    ['-0', 0],
    ['-0.0', -0],
    ['0xff', 255],
    ['0o17', 15],
    ['0b101', 5],
    ['1_000', 1000],
    ['6.626e-34', 6.626e-34],
    ['1e06', 1e6],
    literal('not-finite', '-inf'),
    literal('not-finite', '+inf'),
    literal('not-finite', 'nan'),
    literal('not-finite', '1e999'),
  ),
  large,
  dates,
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
        `{${entries.map(([name, [toml]]) => ` ${keyText(name)} = ${toml}`).join(', ')} }`,
        new Map(entries.map(([name, [, value]]) => [name, value])),
      ];
    }),
  ),
}));

/** Bare where it can be: then it looks like a value. */
function keyText(name: string): string {
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
}

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
          const lines = pairs.map(([name, [toml]]) => `${keyText(name)} = ${toml} # = 1979-05-27 '"\n`);
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

  it.each([
    ['9223372036854775807', 'integer'],
    ['-9223372036854775808', 'integer'],
    ['0x7fffffffffffffff', 'integer'],
    ['9223372036854775808', 'refused'],
    ['-9223372036854775809', 'refused'],
    ['0x8000000000000000', 'refused'],
    ['0xFFFFFFFFFFFFFFFE', 'refused'],
    ['9_223_372_036_854_775_808', 'refused'],
  ])('has integers of 64 bits: %s is %s', (written, expected) => {
    if (expected === 'integer') {
      expect(readToml(`a = ${written}`)).toMatchObject({ a: { kind: 'integer' } });
    } else {
      expect(refusal(`\n[a]\nb = [0, { c = ${written} }]`)).toBe(
        `Capsule.toml:3: "a.b[1].c" is ${written}, which does not fit into the 64 bits of an integer. Correct line 3 of Capsule.toml.`,
      );
    }
  });

  it.each([
    ['2024-02-29', true],
    ['2023-02-29', false],
    ['2000-02-29T00:00:00Z', true],
    ['1900-02-29T00:00:00Z', false],
    ['2024-04-30 23:59:59+23:59', true],
    ['2024-04-31 23:59:59+23:59', false],
    ['0000-02-29T00:00:00-23:59', true],
    ['0000-02-30T00:00:00-23:59', false],
  ])('has days of the calendar: %s: %j', (written, held) => {
    if (held) {
      expect(readToml(`a = ${written}`)).toMatchObject({ a: { kind: 'date' } });
    } else {
      expect(refusal(`a = ${written}`)).toMatch(`"a" is ${written}, which is no day of the calendar.`);
    }
  });

  it.each<[string, (depth: number) => string]>([
    ['dotted keys', (depth) => `${path(depth)}.a = 1`],
    ['dotted keys, beside a date', (depth) => `d = 1979-05-27\n${path(depth)}.a = 1979-05-27`],
    ['the name of a table', (depth) => `[${path(depth)}]\nb = 1`],
    ['the name of a list of tables', (depth) => `[[${path(depth - 1)}]]\nb = 1`],
    ['lists in dotted keys', (depth) => `${path(depth - 1)} = [[1]]`],
  ])('is at most 64 tables deep: %s', (_, text) => {
    expect(readToml(text(64))).toBeDefined();
    expect(refusal(text(65))).toMatch(
      /^Capsule\.toml: "a\.a\.a[a.]*…" is nested more than 64 tables deep\. ./,
    );
  });

  it.each([
    ['a = ', 1, 'invalid value'],
    ['a = 1\nb = 01', 2, 'illegal leading zero'],
    ['\n\na = "\n"', 3, 'control characters are not allowed in strings'],
    [`a = ${'['.repeat(100)}`, 1, 'document contains excessively nested structures. aborting'],
  ])('is refused in one sentence with line and column: %j', (text, line, what) => {
    expect(refusal(text)).toMatch(
      new RegExp(`^Capsule\\.toml:${line}:\\d+: ${what}\\. Correct line ${line} of Capsule\\.toml\\.$`),
    );
  });
});

/** A dotted key of so many parts. */
function path(parts: number): string {
  return Array.from({ length: parts }, () => 'a').join('.');
}

function refusal(toml: string): string {
  try {
    readToml(toml);
  } catch (error) {
    if (isTypedError(error) && error.code === 'manifest-syntax') {
      return `${error.message} ${error.hint}`;
    }
    throw error;
  }
  return 'read';
}
