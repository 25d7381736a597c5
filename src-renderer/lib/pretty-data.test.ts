import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeName } from './escape-text.ts';
import { formatImport } from './format-import.ts';
import { prettyData } from './pretty-data.ts';

describe('data of a guest', () => {
  it.each([
    [null, ''],
    ['', ''],
    ['{"a":[1,2]}', '{\n  "a": [\n    1,\n    2\n  ]\n}'],
    ['plain\ntext', 'plain\ntext'],
    ['{"a":"\u202e"}', '{\n  "a": "\\u{202e}"\n}'],
    ['bell\u0007', 'bell\\x07'],
    ['{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
    ['[12345678901234567890,1.0,1e400]', '[\n  12345678901234567890,\n  1.0,\n  1e400\n]'],
    ['{ "a" : [ ] , "b" : { } }', '{\n  "a": [],\n  "b": {}\n}'],
    ['"a, b: [c]\\""', '"a, b: [c]\\""'],
    ['{"a\u3164":"\\u202e"}', '{\n  "a\\u{3164}": "\\u202e"\n}'],
  ])('%j', (data, shown) => {
    expect(prettyData(data)).toBe(shown);
  });
});

it('shows data that is nested very deep as it came', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  expect(prettyData(deep)).toBe(deep);
});

it('lays out every JSON as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(prettyData(JSON.stringify(value))).toBe(
        JSON.stringify(value, null, 2).split('\n').map(escapeName).join('\n'),
      );
    }),
  );
});

describe('imports in plain words', () => {
  it('knows every host interface, with and without an interface name', () => {
    expect(formatImport('astrid:process/host@1.0.0')).toBe('starts programs on this machine, in the sandbox');
    expect(formatImport('astrid:kv@1.0.0')).toBe('stores its own data between calls');
    expect(formatImport('astrid:new/host@1.0.0')).toBe('unknown to this version');
  });
});
