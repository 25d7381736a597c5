import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filePlaces } from './file-places.ts';
import { canonicalPlaces, sharedPlaces, type OpenPlace } from './shared-places.ts';

const may = (fsRead: readonly string[], fsWrite: readonly string[] = []): readonly OpenPlace[] =>
  canonicalPlaces(filePlaces({ fs_read: fsRead, fs_write: fsWrite }), [
    { kind: 'folder', asked: '/link', real: '/data/real', note: '' },
    { kind: 'folder', asked: '/absent', real: null, note: 'not found on this machine' },
  ]);

describe('places that two capsules share', () => {
  it.each<[string, readonly OpenPlace[], readonly OpenPlace[], readonly string[][]]>([
    ['are none that both only read', may(['/data']), may(['/data']), [[], [], []]],
    ['are the same one', may([], ['/data']), may(['/data']), [['/data'], [], []]],
    ['are one in another', may([], ['/data']), may(['/data/sub']), [['/data/sub'], [], []]],
    ['are one around another', may(['/data']), may([], ['/data/sub']), [[], ['/data/sub'], []]],
    ['may both be written', may([], ['/data/sub']), may([], ['/data']), [[], [], ['/data/sub']]],
    ['are none beside each other', may([], ['/data']), may(['/database', '/data-2']), [[], [], []]],
    ['are everything below the root', may([], ['/']), may(['/data']), [['/data'], [], []]],
    ['are one under two names', may([], ['/link']), may(['/data']), [['/data/real'], [], []]],
    ['are one that is not there yet', may([], ['/absent']), may(['/absent']), [['/absent'], [], []]],
    ['are parts of a home', may([], ['home://a']), may(['home://']), [['home://a'], [], []]],
    ['are all of a home', may(['home://']), may([], ['home://']), [[], ['home://'], []]],
    ['are not a home and a folder of its name', may([], ['home://data']), may(['/data']), [[], [], []]],
    ['are not workspaces', may(['*', 'cwd://'], ['cwd://a', '*']), may([], ['cwd://a', '*']), [[], [], []]],
    ['are told once, as written by both', may(['/a'], ['/a']), may(['/a'], ['/a']), [[], [], ['/a']]],
  ])('%s', (_what, first, second, [firstWrites, secondWrites, bothWrite]) => {
    expect(sharedPlaces(first, second)).toEqual({ firstWrites, secondWrites, bothWrite });
  });

  it('are the same from either side', () => {
    const entry = fc.constantFrom('/', '/a', '/a/b', '/ab', 'home://', 'home://a', 'home://a/b', '/link');
    const places = fc.tuple(fc.array(entry), fc.array(entry)).map(([read, write]) => may(read, write));
    fc.assert(
      fc.property(places, places, (one, other) => {
        const [there, back] = [sharedPlaces(one, other), sharedPlaces(other, one)];
        expect([there.firstWrites, there.secondWrites, there.bothWrite]).toEqual([
          back.secondWrites,
          back.firstWrites,
          back.bothWrite,
        ]);
      }),
    );
  });
});
