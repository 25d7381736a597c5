import { describe, expect, it } from 'vitest';
import { isVersion, meets, npmRange } from './semver.ts';

describe('a version', () => {
  it.each(['1.2.3', '0.0.0', '1.0.0-rc.1', '1.0.0-alpha+build.7', '10.20.30+x'])('may be %j', (text) => {
    expect(isVersion(text)).toBe(true);
  });
  it.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    '=1.2.3',
    ' 1.2.3',
    '1.2.3 ',
    '01.2.3',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3.4',
    'x',
  ])('may not be %j', (text) => {
    expect(isVersion(text)).toBe(false);
  });
});

describe('a requirement', () => {
  it.each([
    ['0.10', '0.10.4', true],
    ['0.10.1', '0.10.4', true],
    ['0.9', '0.10.4', false],
    ['^0.10', '0.10.4', true],
    ['>=0.4, <0.11', '0.10.4', true],
    ['>=0.4, <0.10', '0.10.4', false],
    ['~0.10.2', '0.10.4', true],
    ['=0.10.4', '0.10.4', true],
    ['*', '0.10.4', true],
    ['0.10.*', '0.10.4', true],
    ['1', '0.10.4', false],
  ])('%j of %j holds: %j', (requirement, version, holds) => {
    expect(meets(version, requirement)).toBe(holds);
  });
  it.each(['', 'latest', '1 || 2', '1.2.3 - 2.0.0', '>=', '01.2', 'v1', '1.*.3', '1 2', 'x'])(
    '%j is none',
    (text) => {
      expect(npmRange(text)).toBeUndefined();
    },
  );
});
