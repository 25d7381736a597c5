import fc from 'fast-check';
import { valid } from 'semver';
import { describe, expect, it } from 'vitest';
import { isVersion, meets, npmRange } from './semver.ts';

describe('a version', () => {
  it.each([
    '1.2.3',
    '0.0.0',
    '1.0.0-rc.1',
    '1.0.0-alpha+build.7',
    '10.20.30+x',
    '1.0.0-1a',
    '1.0.0-a.12',
    '1.0.0-a.1b.cde',
    '1.0.0+a.bcd',
  ])('may be %j', (text) => {
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

  it('is what the library takes for one, but for the blanks and the "v" that it passes over', () => {
    const parts = fc.constantFrom(
      '0',
      '1',
      '10',
      '01',
      '00',
      '.',
      '-',
      '+',
      'a',
      'Z',
      'a1',
      '1a',
      '_',
      'é',
      ' ',
      'v',
    );
    const near = fc
      .tuple(
        fc.array(fc.constantFrom('0', '1', '23', '456', '01', '1a', 'a'), { minLength: 2, maxLength: 4 }),
        fc.array(parts, { maxLength: 6 }),
      )
      .map(([numbers, rest]) => numbers.join('.') + rest.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          near,
          fc.array(parts).map((all) => all.join('')),
        ),
        (text) => {
          expect(isVersion(text)).toBe(/^\d\S*$/.test(text) && valid(text) !== null);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('has at most 256 characters', () => {
    expect(isVersion(`1.0.0-${'a'.repeat(250)}`)).toBe(true);
    expect(isVersion(`1.0.0-${'a'.repeat(251)}`)).toBe(false);
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
    ['1', '1.9.9', true],
    ['1.2', '1.3.0', true],
    ['1.2', '2.0.0', false],
    ['=1.2', '1.2.9', true],
    ['=1.2', '1.3.0', false],
    ['>1.2.3', '1.2.3', false],
    ['>1.2.3', '1.2.4', true],
    ['<=1.2.3', '1.2.3', true],
    ['<=1.2.3', '1.2.4', false],
    ['~1.2', '1.2.9', true],
    ['~1.2', '1.3.0', false],
    ['>= 1.2.3 ,  < 2', '1.5.0', true],
    ['1.*', '1.9.0', true],
    ['1.*.*', '2.0.0', false],
    ['1.2.*', '1.3.0', false],
    ['1.*, <1.5', '1.4.0', true],
    ['1.*, <1.5', '1.5.0', false],
    ['1.0.0-rc.1', '1.0.0-rc.2', true],
    ['=1.0.0+build', '1.0.0', true],
    ['10.20.30', '10.20.31', true],
  ])('%j of %j holds: %j', (requirement, version, holds) => {
    expect(meets(version, requirement)).toBe(holds);
  });
  it.each([
    '',
    'latest',
    '1 || 2',
    '1.2.3 - 2.0.0',
    '>=',
    '01.2',
    'v1',
    '1.*.3',
    '1 2',
    'x',
    '1,',
    ',1',
    '*, 1.2',
    '1.2, *',
    '*, *',
    '*.*',
    '^*',
    '1-rc',
    '1.2-rc',
    '1.2.3.4',
    '1.2.3-',
    '1.2.3-é',
    '==1',
    '!1',
    'a1.2',
    '1.2a',
    '=1.*',
    '**',
    '1.**',
    '01.*',
  ])('%j is none', (text) => {
    expect(npmRange(text)).toBeUndefined();
  });

  it('has at most 256 characters', () => {
    const longest = `>=1${' '.repeat(250)}, <2`;
    expect(longest).toHaveLength(257);
    expect(npmRange(longest)).toBeUndefined();
    expect(npmRange(longest.replace('  ', ' '))).toBe('>=1 <2');
  });
});
