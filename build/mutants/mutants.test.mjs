import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/paths.mjs';
import { areas, chooseAreas, testsOf } from './areas.mjs';
import { percent, scoreOf, scoreTable, sumOf } from './score.mjs';

describe('the areas', () => {
  it.each(areas.map((area) => [area.name, area]))(
    '%s is there, and its tests',
    (_name, { name, tests = [] }) => {
      expect([name, ...tests].filter((each) => !existsSync(path.join(root, each)))).toEqual([]);
    },
  );

  it.each([
    ['none', [], areas.map(({ name }) => `${name}/**/*.ts`)],
    ['an area', ['src-main/policy'], ['src-main/policy/**/*.ts']],
    ['a folder with areas', ['src-renderer'], ['src-renderer/lib/**/*.ts', 'src-renderer/state/**/*.ts']],
    ['a file', ['src-main/policy/gate.ts'], ['src-main/policy/gate.ts']],
    [
      'two files of one area',
      ['src-main/policy/gate.ts', 'src-main/policy/decide.ts'],
      ['src-main/policy/gate.ts', 'src-main/policy/decide.ts'],
    ],
    ['a folder whose name begins like an area', ['src-main/policyx'], []],
  ])('of paths, %s', (_name, paths, globs) => {
    expect(chooseAreas(paths).chosen.flatMap(({ mutate }) => mutate)).toEqual(globs);
  });

  it('a path in none of them is named', () => {
    expect(chooseAreas(['src-main/policy', 'src-main/os']).strangers).toEqual(['src-main/os']);
  });

  it('are judged by their own tests, and by those that they name', () => {
    const area = { name: 'a', tests: ['b/x.test.ts', 'c'] };
    const tests = ['a/a.test.ts', 'b/x.test.ts', 'b/y.test.ts', 'c/d/z.test.ts', 'ab/a.test.ts'];
    expect(testsOf(area, tests)).toEqual(['a/a.test.ts', 'b/x.test.ts', 'c/d/z.test.ts']);
  });
});

describe('the score', () => {
  const of = (/** @type {string[]} */ ...statuses) => scoreOf(statuses.map((status) => ({ status })));

  it('counts what could be run: noticed is what failed a test or hung it', () => {
    const score = of(
      'Killed',
      'Timeout',
      'Survived',
      'NoCoverage',
      'CompileError',
      'RuntimeError',
      'Ignored',
    );
    expect(score).toEqual({ mutants: 4, killed: 1, timedOut: 1, survived: 1, uncovered: 1 });
    expect(percent(score)).toBe(50);
    expect(percent(of())).toBe(100);
  });

  it('of all is that of all mutants, not the mean of the areas', () => {
    const rows = [
      { name: 'src-main/a', score: of('Killed', 'Killed', 'Killed') },
      { name: 'b', score: of('Survived') },
    ];
    const all = { name: 'all', score: sumOf(rows.map(({ score }) => score)) };
    expect(scoreTable([...rows, all])).toBe(`
area        mutants  killed  timed out  survived  not covered    score
src-main/a        3       3          0         0            0  100.0 %
b                 1       0          0         1            0    0.0 %
all               4       3          0         1            0   75.0 %
`);
  });
});
