import { describe, expect, it } from 'vitest';
import { failure, HEAD, parse, parseMore } from './testing.ts';

const named = (name: string): string => `[package]\nname = ${JSON.stringify(name)}\nversion = "1.0.0"\n`;

/** Code and message of a refusal. */
function refusal(text: string): string {
  const { code, message } = failure(text);
  return `${code}: ${message}`;
}

describe('the name of a capsule', () => {
  it.each(['a', '0', 'a-b', '1-2', 'a--b', 'console', 'x'.repeat(64)])('may be %j', (name) => {
    expect(parse(named(name)).id).toBe(name);
  });

  it.each(['', '-', '-a', 'a-', 'A', 'aé', 'a_b', 'a.b', 'a b', 'a/b', 'a\n', 'x'.repeat(65)])(
    'may not be %j',
    (name) => {
      expect(refusal(named(name))).toMatch(
        /^manifest-bad-name: "package\.name" is "[^"]*", which is not a valid capsule name\.$/,
      );
    },
  );

  it.each(['con', 'aux', 'nul', 'prn', 'com1', 'lpt9', 'AUX', 'con.x'])(
    'may not be what Windows keeps for a device: %j',
    (name) => {
      expect(refusal(named(name))).toBe(
        `manifest-bad-name: "package.name" is "${name}", which Windows keeps for a device: no folder can have that name there.`,
      );
    },
  );
});

describe('the package of a manifest', () => {
  it('has one version', () => {
    expect(refusal('[package]\nname = "a"\nversion = "1.0"')).toBe(
      'manifest-bad-version: "package.version" is "1.0", which is not a semantic version.',
    );
  });

  it.each([
    ['1', 'The capsule requires runtime "1"; this runtime is compatible with 0.10.4.'],
    ['<0.10', 'The capsule requires runtime "<0.10"; this runtime is compatible with 0.10.4.'],
    ['newest', '"package.astrid-version" is "newest", which is not a valid version requirement.'],
    ['', '"package.astrid-version" is "", which is not a valid version requirement.'],
  ])('names the runtime that it needs: %j is refused', (requirement, message) => {
    expect(refusal(`${HEAD}astrid-version = "${requirement}"`)).toBe(`manifest-incompatible: ${message}`);
  });

  it.each(['0.10', '*', '>=0.8, <0.11'])('names the runtime that it needs: %j is read', (requirement) => {
    expect(parseMore(`astrid-version = "${requirement}"`).warnings).toEqual([]);
  });

  it.each([
    ['"x"', 'a string', ['repository', 'homepage', 'documentation', 'license', 'license-file', 'readme']],
    ['["x"]', 'a list of strings', ['authors', 'keywords', 'categories', 'include', 'exclude']],
    ['false', 'true or false', ['publish']],
  ])('may say what a registry shows, as %s', (value, type, keys) => {
    for (const key of keys) {
      expect(parseMore(`${key} = ${value}`).warnings).toEqual([]);
      expect(refusal(`${HEAD}${key} = {}`)).toBe(
        `manifest-wrong-type: "package.${key}" must be ${type}, but is a table.`,
      );
    }
  });

  it('may have metadata of any kind', () => {
    for (const value of ['1', '"x"', '[nan, {}]', '{ a = { b = [] } }']) {
      expect(parseMore(`metadata = ${value}`).warnings).toEqual([]);
    }
  });

  it('may have a description of a page', () => {
    expect(parse(HEAD).description).toBe('');
    const page = 'ä'.repeat(2_000);
    expect(parseMore(`description = "${page}"`)).toMatchObject({ description: page, warnings: [] });
  });
});
