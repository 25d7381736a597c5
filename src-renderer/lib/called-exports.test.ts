import { expect, it } from 'vitest';
import { calledExports } from './called-exports.ts';

it.each([
  [['init', 'astrid-hook-trigger'], 'astrid-hook-trigger'],
  [['cabi_realloc', 'run', 'astrid-install', 'toString'], 'run, astrid-install'],
  [['init'], 'nothing'],
])('names of %j what the host calls: %s', (exported, words) => {
  expect(calledExports(exported)).toBe(words);
});
