import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMounts, type AskedMounts } from './compare-mounts.ts';

const identity = { dev: 1n, ino: 1n };
const mount = (target: string, path = target): AskedMounts['mounts'][number] => ({
  target,
  handle: { path, identity },
});
const asked: AskedMounts = {
  mounts: [mount('/data', '/mnt/data'), mount('/data/inner', '/mnt/data/inner'), mount('/space')],
  own: ['/', '/usr', '/proc', '/proc/sys', '/proc/sys', '/dev'],
};
const ownFound = ['/', '/usr', '/proc', '/proc/sys', '/dev'];
const rightly = [...ownFound, '/data', '/data/inner', '/space'];
const points = (...all: readonly string[]) => all.map((point) => ({ point }));

describe('the mounts of a sandbox, compared with those asked for', () => {
  it.each<[string, readonly string[], readonly string[], ReturnType<typeof compareMounts>]>([
    ['are as asked', rightly, [], null],
    ['lack one', [...ownFound, '/data', '/space'], [], { kind: 'missing', point: '/data/inner' }],
    [
      'have it over the system in its stead',
      [...ownFound, '/usr', '/data', '/space'],
      [],
      { kind: 'missing', point: '/data/inner' },
    ],
    ['have one more', [...rightly, '/etc'], [], { kind: 'unasked', point: '/etc' }],
    ['have two over each other', [...rightly, '/space'], [], { kind: 'unasked', point: '/space' }],
    ['have one over the system', [...rightly, '/usr'], [], { kind: 'unasked', point: '/usr' }],
    ['have their own as often as it is made', [...rightly, '/proc/sys'], [], null],
    ['have what the machine has within one', [...rightly, '/data/disk'], ['/', '/mnt/data/disk'], null],
    [
      'have what the machine has beside one',
      [...rightly, '/data/disk'],
      ['/', '/mnt/data-2/disk', '/data/disk'],
      { kind: 'unasked', point: '/data/disk' },
    ],
    [
      'have what the machine has within one, and something over that',
      [...rightly, '/data/disk', '/data/disk'],
      ['/mnt/data/disk'],
      { kind: 'unasked', point: '/data/disk' },
    ],
    [
      'have a mount of the machine that was opened as well',
      [...rightly, '/data/inner'],
      ['/mnt/data/inner'],
      null,
    ],
  ])('%s', (_what, found, host, expected) => {
    expect(compareMounts(points(...found), asked, () => points(...host))).toEqual(expected);
  });

  it('differ wherever one of them was led, and in whatever order they are told', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rightly, { minLength: rightly.length }),
        fc.constantFrom(...asked.mounts.map(({ target }) => target)),
        fc.constantFrom(...ownFound, '/data', '/elsewhere', '/space/sub'),
        (found, from, to) => {
          fc.pre(from !== to);
          const led = found.map((point) => (point === from ? to : point));
          expect(compareMounts(points(...found), asked, () => [])).toBeNull();
          expect(compareMounts(points(...led), asked, () => [])).not.toBeNull();
        },
      ),
    );
  });
});
