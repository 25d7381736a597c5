import { describe, expect, it } from 'vitest';
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
  ])('%j', (data, shown) => {
    expect(prettyData(data)).toBe(shown);
  });
});

describe('imports in plain words', () => {
  it('knows every host interface, with and without an interface name', () => {
    expect(formatImport('astrid:process/host@1.0.0')).toBe('starts programs on this machine, in the sandbox');
    expect(formatImport('astrid:kv@1.0.0')).toBe('stores its own data between calls');
    expect(formatImport('astrid:new/host@1.0.0')).toBe('unknown to this version');
  });
});
