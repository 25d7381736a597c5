import { describe, expect, it } from 'vitest';
import { coversHome, filePlaces } from './file-places.ts';

describe('the places that grants open', () => {
  it.each<[string, object[]]>([
    ['*', []],
    ['cwd://', []],
    ['cwd://out', []],
    ['home://', [{ root: 'home', path: '' }]],
    ['home://notes', [{ root: 'home', path: 'notes' }]],
    ['home://notes/./2026//', [{ root: 'home', path: 'notes/2026' }]],
    ['home:///etc', []],
    ['home://../x', []],
    ['/srv/data', [{ root: 'machine', path: '/srv/data' }]],
    ['//srv/./data/', [{ root: 'machine', path: '/srv/data' }]],
    ['/', [{ root: 'machine', path: '/' }]],
    ['/srv/../etc', []],
    ['srv/data', []],
    ['~', []],
    ['~/notes', []],
    ['/a\0b', []],
  ])('%j', (entry, places) => {
    expect(filePlaces({ fs_read: [entry], fs_write: [] })).toEqual(
      places.map((place) => ({ access: 'read', entry, ...place })),
    );
  });

  it('are for writing where fs_write says so', () => {
    expect(
      filePlaces({ fs_read: ['/a'], fs_write: ['/b'] }).map(({ access, path }) => [access, path]),
    ).toEqual([
      ['read', '/a'],
      ['write', '/b'],
    ]);
  });
});

describe('a part of the home folder', () => {
  it.each([
    [['home://'], '', true],
    [['home://'], 'any/thing', true],
    [['home://notes'], 'notes', true],
    [['home://notes'], './notes/', true],
    [['home://notes'], 'notes/2026', true],
    [['home://notes'], 'notes-evil', false],
    [['home://notes'], '', false],
    [['home://notes/2026'], 'notes', false],
    [['*', 'cwd://notes', '/notes'], 'notes', false],
    [['/notes'], '/notes', false],
    [[], '', false],
  ])('with %j: %j is covered: %s', (entries, path, covered) => {
    expect(coversHome({ fs_read: entries }, path)).toBe(covered);
  });
});
