import { describe, expect, it } from 'vitest';
import { failure, HEAD, parseMore, refusalOf } from './testing.ts';

const WORKERS = `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;

/** A key of every type: the lines before it, its name and what it may be, in the words of the refusal. */
const KEYS: readonly (readonly [before: string, key: string, path: string, type: string])[] = [
  ['', 'description', 'package.description', 'a string'],
  ['', 'name', 'tool[0].name', 'a string'],
  ['', 'keywords', 'package.keywords', 'a list of strings'],
  ['', 'net', 'capabilities.net', 'a list of strings'],
  ['', 'publish', 'package.publish', 'true or false'],
  ['', 'uplink', 'capabilities.uplink', 'true or false'],
  ['', 'bind_workers', 'capabilities.bind_workers', WORKERS],
  ['"a.b" = { wit = "w", handler = "h", priority = 1 }\n', '"c"', 'subscribe.c', 'a string or a table'],
  ['', '"a:b"', 'imports.a:b', 'a string or a table'],
  ['', 'X', 'env.X', 'a table, written [env.X]'],
];

/** Values of every kind, and what a refusal calls them. */
const VALUES: readonly (readonly [toml: string, shown: string, ...types: readonly string[]])[] = [
  ['"x"', 'the string x', 'a string', 'a string or a table'],
  ['""', 'the string ', 'a string', 'a string or a table'],
  ['1', 'the number 1', WORKERS],
  ['0', 'the number 0', WORKERS],
  ['-1', 'the number -1'],
  ['1.5', 'the number 1.5'],
  ['9007199254740992', 'the number 9007199254740992'],
  ['nan', 'the number nan'],
  ['-inf', 'the number -inf'],
  ['true', 'the boolean true', 'true or false'],
  ['false', 'the boolean false', 'true or false'],
  ['1979-05-27', 'a date'],
  ['07:32:00', 'a date'],
  ['[]', 'a list', 'a list of strings'],
  ['["x"]', 'a list', 'a list of strings'],
  ['["x", 1]', 'a list'],
  ['[{}]', 'a list'],
  ['{}', 'a table', 'a string or a table', 'a table, written [env.X]'],
];

describe('a key of a manifest', () => {
  it.each(KEYS)('%s%s (%s) must be %s', (before, key, path, type) => {
    const table = path.slice(0, path.indexOf('.'));
    const head =
      table === 'package'
        ? HEAD
        : `${HEAD}${table.endsWith('[0]') ? `[[${table.slice(0, -3)}]]` : `[${table}]`}\n`;
    const others = table === 'tool[0]' ? 'description_for_llm = "d"\n' : '';
    for (const [toml, shown, ...types] of VALUES) {
      const text = `${head}${others}${before}${key} = ${toml}\n`;
      if (types.includes(type)) {
        // What it holds may be refused, its type is not.
        expect(readOrRefused(text)).not.toMatch(`"${path}" must be `);
      } else {
        const { code, message, hint } = failure(text);
        expect(`${code}: ${message} ${hint}`).toBe(
          `manifest-wrong-type: "${path}" must be ${type}, but is ${shown}. Change "${path}" in Capsule.toml.`,
        );
      }
    }
  });

  it.each([
    ['component = { file = "a" }', 'component', 'a table'],
    ['uplink = "x"', 'uplink', 'the string x'],
    ['command = [{ name = "go" }, 1]', 'command', 'a list'],
    ['interceptor = [[]]', 'interceptor', 'a list'],
  ])('may be a list of tables: %s is none', (line, key, shown) => {
    expect(failure(`${line}\n${HEAD}`).message).toBe(
      `"${key}" must be a list of tables, written [[${key}]], but is ${shown}.`,
    );
  });

  it('is a number in its bounds, on both sides', () => {
    const priority = (value: string): string =>
      `[subscribe]\n"a" = { wit = "w", handler = "h", priority = ${value} }`;
    for (const value of [0, 1, 4_294_967_295]) {
      expect(parseMore(priority(`${value}`)).actions).toEqual([{ topic: 'a', action: 'h', priority: value }]);
    }
    for (const value of ['-1', '4294967296', '0.5']) {
      expect(refusalOf(priority(value))).toBe(
        `manifest-wrong-type: "subscribe.a.priority" must be a whole number from 0 to 4294967295, but is the number ${value}.`,
      );
    }
  });

  it.each([
    ['[package]\nname = "x"', '"package.version" is missing.', 'Add version = "…" to [package].'],
    [`${HEAD}[[component]]`, '"component[0].file" is missing.', 'Add file = "…" to [component[0]].'],
    ['', 'Capsule.toml has no [package] table.', 'Add [package] with name = "…" and version = "1.0.0".'],
  ])('is missing, in words that say where: %s', (text, message, hint) => {
    expect(failure(text)).toMatchObject({ code: 'manifest-missing-key', message, hint });
  });
});

function readOrRefused(text: string): string {
  try {
    return failure(text).message;
  } catch {
    return '';
  }
}
