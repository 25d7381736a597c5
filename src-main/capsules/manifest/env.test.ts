import { describe, expect, it } from 'vitest';
import { parseMore, refusalOf } from './testing.ts';

describe('the settings of a manifest', () => {
  it('are read in its order, with everything that is said of them', () => {
    const { env, warnings } = parseMore(`
      [env.B]
      type = "array"
      request = "Which?"
      description = "Names, one a line"
      default = ["x"]
      enum_values = ["x", "y"]
      placeholder = "x"
      [env.A]
      type = "secret"
    `);
    expect(env).toEqual([
      {
        key: 'B',
        type: 'array',
        request: 'Which?',
        description: 'Names, one a line',
        default: ['x'],
        choices: ['x', 'y'],
        placeholder: 'x',
      },
      {
        key: 'A',
        type: 'secret',
        request: null,
        description: null,
        default: null,
        choices: [],
        placeholder: null,
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('have four types; any other is text, with a warning', () => {
    const entry = (type: string) => parseMore(`[env.X]\ntype = "${type}"`);
    for (const type of ['text', 'secret', 'select', 'array']) {
      expect(entry(type).warnings).toEqual([]);
    }
    expect(entry('number').env).toMatchObject([{ type: 'number' }]);
    expect(entry('number').warnings).toEqual([
      '"env.X.type" has the unknown value "number", which is treated as text. Known values: text, secret, select, array.',
    ]);
  });

  it.each(['options_from', 'options-from'])('do not fetch their choices from the network: %s', (key) => {
    const known = 'http = "https://example.com", bearer = "X", select = "a", after = ["Y"]';
    expect(parseMore(`[env.X]\ntype = "select"\n${key} = { ${known} }`).warnings).toEqual([
      '"env.X.options_from" is not supported: choices are not fetched from the network.',
    ]);
    expect(parseMore(`[env.X]\ntype = "select"\n${key} = { url = "x" }`).warnings).toEqual([
      `"env.X.${key}.url" is unknown and has no effect.`,
      '"env.X.options_from" is not supported: choices are not fetched from the network.',
    ]);
    for (const [name, value] of [
      ['http', '1'],
      ['bearer', '1'],
      ['select', '1'],
      ['after', '"Y"'],
    ] as const) {
      expect(refusalOf(`[env.X]\ntype = "select"\n${key} = { ${name} = ${value} }`)).toMatch(
        `manifest-wrong-type: "env.X.${key}.${name}" must be `,
      );
    }
  });

  it('have names that a message can name', () => {
    expect(refusalOf(`[env.${'a'.repeat(257)}]\ntype = "text"`)).toBe(
      'manifest-too-large: A setting’s name has 257 characters; at most 256 are read.',
    );
  });
});
