import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TypedError } from '../../base/typed-error.ts';
import { SourcePaths } from './paths.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

const problem = (expected: string, message: string) =>
  expect.objectContaining({ code: expected, message: expect.stringContaining(message) });

/** The path as kept, or undefined when it is refused. */
function admitted(name: string): string | undefined {
  try {
    return new SourcePaths().file(name, 0);
  } catch (error) {
    if (error instanceof TypedError && error.code === 'source-bad-path') {
      return undefined;
    }
    throw error;
  }
}

describe('the paths of a source', () => {
  it('may hold 256 MiB together', () => {
    const paths = new SourcePaths();
    paths.file('a', 128 * 1024 * 1024);
    paths.file('b', 128 * 1024 * 1024);
    expect(paths.file('empty', 0)).toBe('empty');
    expect(() => paths.file('c', 1)).toThrow(
      problem('source-too-large', 'The capsule unpacks to more than 268435456 bytes.'),
    );
  });

  it('may not have one file over 128 MiB', () => {
    expect(() => new SourcePaths().file('a', 128 * 1024 * 1024 + 1)).toThrow(
      problem('source-file-too-large', '"a" is too large: 134217729 bytes (limit per file: 134217728).'),
    );
  });

  it('may be 4,096 files and folders, however often a folder is named', () => {
    const paths = new SourcePaths();
    paths.folder('all');
    for (let index = 0; index < 1_023; index++) {
      // Four new ones each, in one folder for all.
      paths.folder(`all/b${index}/`);
      paths.folder('./');
      paths.folder('.');
      paths.file(`all/b${index}/ccc/dddd`, 0);
      expect(paths.file(`all/b${index}/eeee`, 0)).toBe(`all/b${index}/eeee`);
    }
    // 1 + 1,023 × 4 = 4,093 so far.
    paths.folder('all/z');
    paths.file('all/x/y', 0);
    for (const refused of [() => paths.file('last', 0), () => paths.folder('b/')]) {
      expect(refused).toThrow(
        problem(
          'source-too-many-entries',
          'The capsule has more than 4096 files and folders; reading stopped at ',
        ),
      );
    }
  });

  it('may have 1,024 bytes, and no more', () => {
    const long = `${'é/'.repeat(340)}abcd`;
    expect(admitted(long)).toBe(long);
    expect(admitted(`./${long}`)).toBe(long);
    expect(() => new SourcePaths().file(`${long}e`, 0)).toThrow(
      problem('source-bad-path', ', which has more than 1024 bytes.'),
    );
  });

  it.each(['', '.', './', '..', '/a', 'a//b', 'a/./b', './../a', '././a', 'a/'])(
    'are paths inside: %j is none',
    (name) => {
      expect(() => new SourcePaths().file(name, 0)).toThrow(
        problem(
          'source-bad-path',
          `The capsule has an entry named "${name}", which is not a path inside it.`,
        ),
      );
    },
  );

  it('are files or folders, and not both', () => {
    const inOrder = (...steps: readonly ((paths: SourcePaths) => unknown)[]) => {
      const paths = new SourcePaths();
      return () => steps.forEach((step) => step(paths));
    };
    const file = (name: string) => (paths: SourcePaths) => paths.file(name, 0);
    const folder = (name: string) => (paths: SourcePaths) => paths.folder(name);
    for (const steps of [
      [file('a'), folder('a')],
      [file('a'), folder('A/')],
      [folder('a/'), file('a')],
      [file('a'), file('a/b')],
      [file('a/b'), file('A')],
      [folder('a/b'), file('a')],
      [folder('a'), folder('A')],
    ]) {
      expect(inOrder(...steps)).toThrow(
        problem(
          'source-duplicate',
          ' is a duplicate, or differs from another entry only in case or Unicode composition.',
        ),
      );
    }
    expect(
      inOrder(folder('a'), file('a/b'), folder('b/c'), folder('b'), folder('./'), folder('.')),
    ).not.toThrow();
  });

  it('stay inside, whatever their names', () => {
    const parts = fc.constantFrom('..', '.', '', 'a', 'B', '~', ' ', '\\', '\0', 'c:', '...');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 5 }), (names) => {
        const path = admitted(names.join('/'));
        expect(path === undefined || /^\/root\/./.test(posix.resolve('/root', path))).toBe(true);
      }),
    );
  });

  it('leave the name of the record of an installation alone, however it is written, and elsewhere may have it', () => {
    const paths = new SourcePaths();
    for (const name of ['install.json', './install.json', 'Install.JSON', 'install.json/note.txt']) {
      expect(() => paths.file(name, 0)).toThrow(
        problem('source-bad-path', `"${name}", a name that is reserved for the install record.`),
      );
    }
    expect(() => paths.folder('install.json/')).toThrow(code('source-bad-path'));
    expect(paths.file('assets/install.json', 0)).toBe('assets/install.json');
  });

  it('may name a folder before or after its files, and the top itself', () => {
    const paths = new SourcePaths();
    paths.folder('./');
    paths.folder('a/');
    paths.file('a/b', 0);
    paths.folder('a/c');
    expect(() => paths.folder('a')).toThrow(code('source-duplicate'));
  });
});

describe('a name that is not one file on every system', () => {
  it.each([
    'aux.txt',
    'CON',
    'con .tar.gz',
    'Nul',
    'LPT1',
    'com9.wasm',
    'COM¹',
    'lpt³.txt',
    'CONIN$',
    'conout$',
    'clock$',
    'a:b',
    'a.',
    'a ',
    ' ',
    '...',
    'a<b',
    'a>b',
    'a"b',
    'a|b',
    'a?b',
    'a*b',
    'a\\b',
    'a\tb',
    'a\x7fb',
    'a\x85b',
    '\ud800',
    '\u200b',
    '.\u200d',
    'longfi~1.txt',
  ])('is refused: %j, as a file, a folder, and a part of either', (name) => {
    expect(admitted(name)).toBeUndefined();
    expect(admitted(`assets/${name}`)).toBeUndefined();
    expect(admitted(`${name}/x`)).toBeUndefined();
    expect(() => new SourcePaths().folder(name)).toThrow(code('source-bad-path'));
  });

  it.each([
    'auxiliary.txt',
    'console',
    'lpt',
    'com10',
    'a.aux',
    ' a',
    'a b',
    '.hidden',
    'a..b',
    '-rf',
    '~',
    'a~1b',
    '$',
    '👨‍👩‍👧.png',
    "it's (1) [2] {3} #&+,;=@^`",
  ])('is not refused for looking odd: %j', (name) => {
    expect(admitted(name)).toBe(name);
  });

  it('is refused in words that say what is wrong with it', () => {
    const message = (name: string) => {
      try {
        return new SourcePaths().file(name, 0);
      } catch (error) {
        return (error as TypedError).message;
      }
    };
    expect(message('a/aux.txt')).toContain('"aux" is the name of a device on Windows');
    expect(message('a:b')).toContain('":"');
    expect(message('a.')).toContain('ends in a dot or a blank');
  });
});

describe('two names that are one file on some system', () => {
  it.each([
    ['a', 'A'],
    ['é', 'e\u0301'],
    ['É', 'e\u0301'],
    ['straße', 'STRASSE'],
    ['straße', 'STRAẞE'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['ſ', 's'],
    ['K', 'k'],
    ['ﬀ', 'FF'],
    ['ŉ', 'ʼN'],
    ['İ', 'i\u0307'],
    ['ᾳ', 'ΑΙ'],
    ['ꭰ', 'Ꭰ'],
    ['a\u200cb', 'ab'],
    ['a\ufe0f', 'A'],
    ['a/b', 'A/B'],
    ['STRASSE/a', 'straße/A'],
  ])('are refused: %j and %j', (one, other) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const paths = new SourcePaths();
      paths.file(first, 0);
      expect(() => paths.file(second, 0)).toThrow(code('source-duplicate'));
    }
  });

  it('are refused, whatever letter of Unicode differs by case or composition', () => {
    const wrong: string[] = [];
    for (let point = 0x20; point <= 0x1_ffff; point++) {
      const letter = String.fromCodePoint(point);
      const others = [
        letter.toLowerCase(),
        letter.toUpperCase(),
        letter.normalize('NFD'),
        letter.normalize('NFC'),
      ];
      for (const other of new Set(others)) {
        const names = [`x${letter}x`, `x${other}x`] as const;
        if (other !== letter && names.every(admitted) && !collide(...names)) {
          wrong.push(`${point.toString(16)} ${letter} ${other}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('are not refused for being alike', () => {
    const paths = new SourcePaths();
    for (const name of ['a', 'ä', 'ae', 'ss', 'sz', '1', '¹', 'ﷺ', 'a/a', 'ä/a']) {
      expect(paths.file(`n/${name.replace('/', '-')}`, 0)).toBeDefined();
    }
  });
});

function collide(one: string, other: string): boolean {
  const paths = new SourcePaths();
  paths.file(one, 0);
  try {
    paths.file(other, 0);
    return false;
  } catch (error) {
    return (error as TypedError).code === 'source-duplicate';
  }
}
