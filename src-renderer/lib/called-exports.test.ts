import { expect, it } from 'vitest';
import { calledExports } from './called-exports.ts';

it.each([
  [['init', 'astrid-hook-trigger'], 'actions'],
  [['cabi_realloc', 'run', 'astrid-install', 'toString'], 'run loop, install'],
  [['astrid-upgrade', 'run'], 'run loop, upgrade'],
  [['init'], 'nothing'],
])('says that %j handles %s', (exported, words) => {
  expect(calledExports(exported)).toBe(words);
});
