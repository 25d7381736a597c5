import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TypedError } from '../../base/typed-error.ts';
import { SourcePaths } from './paths.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

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
    expect(() => paths.file('c', 1)).toThrow(code('source-too-large'));
  });

  it('may not have one file over 128 MiB', () => {
    expect(() => new SourcePaths().file('a', 128 * 1024 * 1024 + 1)).toThrow(code('source-file-too-large'));
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
      expect(() => paths.file(name, 0)).toThrow(code('source-bad-path'));
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
