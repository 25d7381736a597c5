import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedDataFolder } from './data-folder.ts';

describe('the data folder that the environment names', () => {
  it.each<[string, string | undefined, string | null]>([
    ['none when unset', undefined, null],
    ['none when empty', '', null],
    ['an absolute one as it is', resolve('/data/a b'), resolve('/data/a b')],
    ['a relative one from the current folder', 'data', join(process.cwd(), 'data')],
    ['the current folder as a dot', '.', process.cwd()],
    ['no shorthand of a shell', '~/data', join(process.cwd(), '~/data')],
  ])('is %s', (_what, value, folder) => {
    expect(namedDataFolder(value)).toBe(folder);
  });
});
