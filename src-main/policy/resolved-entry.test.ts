import { describe, expect, it } from 'vitest';
import { pinnedPath, withPin, type ResolvedEntry } from './resolved-entry.ts';

const entry = (kind: ResolvedEntry['kind'], asked: string, real: string | null): ResolvedEntry => ({
  kind,
  asked,
  real,
  note: real === null ? 'not found on this machine' : '',
});
const KNOWN = [
  entry('program', 'git', '/usr/bin/git'),
  entry('folder', 'git', '/srv/git'),
  entry('folder', '/data', null),
];

describe('where an entry leads', () => {
  it.each([
    ['program', 'git', '/usr/bin/git'],
    ['folder', 'git', '/srv/git'],
    ['folder', '/data', null],
    ['program', '/data', null],
  ] as const)('the %s %s: %j', (kind, asked, real) => {
    expect(pinnedPath(KNOWN, kind, asked)).toBe(real);
  });

  it('is fixed once: what led nowhere is replaced, what leads somewhere stays', () => {
    const [git, folder] = KNOWN;
    const found = entry('folder', '/data', '/mnt/data');
    expect(withPin(KNOWN, found)).toEqual([git, folder, found]);
    expect(withPin(KNOWN, entry('program', 'git', '/tmp/git'))).toBe(KNOWN);
    expect(withPin(KNOWN, entry('program', '/data', '/bin/data'))).toEqual([
      ...KNOWN,
      entry('program', '/data', '/bin/data'),
    ]);
    expect(withPin(KNOWN, entry('folder', '/other', '/o'))).toEqual([
      ...KNOWN,
      entry('folder', '/other', '/o'),
    ]);
  });
});
