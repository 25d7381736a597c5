import { describe, expect, it } from 'vitest';
import { buildFactsOf } from './build-facts.ts';
import { helpText, versionText } from './command-line-text.ts';

const commit = 'abcdef0123456789abcdef0123456789abcdef01';
const date = '2026-11-22T10:20:30.000Z';
const facts = { name: 'Capsule Desktop', version: '0.1.0', electron: '33.2.1', dataDir: '/data' };

describe('what a program was built from', () => {
  it('is what the packager wrote', () => {
    expect(buildFactsOf(JSON.stringify({ name: 'x', builtFrom: { commit, date } }))).toEqual({
      commit,
      date,
    });
  });

  it.each([
    ['no file', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no build', '{}'],
    ['a null build', '{"builtFrom":null}'],
    ['half of it', JSON.stringify({ builtFrom: { commit } })],
    ['a short commit', JSON.stringify({ builtFrom: { commit: 'abcdef0', date } })],
    ['another kind of date', JSON.stringify({ builtFrom: { commit, date: 'yesterday' } })],
    ['a day that is none', JSON.stringify({ builtFrom: { commit, date: '2026-13-41T10:20:30Z' } })],
  ])('is not known from %s', (_what, manifest) => {
    expect(buildFactsOf(manifest)).toBeNull();
  });

  it('is one line of --version', () => {
    expect(versionText({ ...facts, build: { commit, date } })).toBe(
      'Capsule Desktop 0.1.0 (commit abcdef0, built 2026-11-22; Electron 33.2.1)\n',
    );
    expect(versionText({ ...facts, build: null })).toBe(
      'Capsule Desktop 0.1.0 (built from source; Electron 33.2.1)\n',
    );
  });

  it('stands above the help, which says where data is kept', () => {
    expect(helpText({ ...facts, build: null })).toMatch(
      /^Capsule Desktop 0\.1\.0 [\s\S]*usage: [\s\S]*Data folder: \/data\n[\s\S]*CAPSULE_DESKTOP_DATA/,
    );
  });
});
