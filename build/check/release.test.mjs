import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseProblems } from './release.mjs';
import { packagedSource } from '../dist/source.mjs';
import { run } from '../lib/run.mjs';

const ready = {
  tag: 'v1.2.3',
  version: '1.2.3',
  files: ['capsule-desktop-1.2.3-linux-amd64.deb', 'latest-linux.yml', 'linux-unpacked'],
  /** @type {string[]} */
  changed: [],
};

describe('the check of a release', () => {
  it('has nothing against installers of the tagged commit and version', () => {
    expect(releaseProblems(ready)).toEqual([]);
  });

  it.each([
    ['a tag of another version', { tag: 'v1.2.4' }, 'The tag v1.2.4 is not v1.2.3'],
    ['a tag without its v', { tag: '1.2.3' }, 'The tag 1.2.3 is not v1.2.3'],
    ['a packaging that made nothing', { files: ['builder-debug.yml'] }, 'There is no installer in dist/'],
    [
      'the test Electron',
      { files: [...ready.files, 'capsule-desktop-1.2.3-test-electron33.2.1-linux-amd64.deb'] },
      'capsule-desktop-1.2.3-test-electron33.2.1-linux-amd64.deb holds the test Electron',
    ],
    ['other source', { changed: [' M src-main/main.ts'] }, 'tagged commit does not:  M src-main/main.ts'],
  ])('refuses %s', (_title, part, message) => {
    expect(releaseProblems({ ...ready, ...part })).toEqual([expect.stringContaining(message)]);
  });
});

describe('the source of a package', () => {
  /** @type {string} */
  let folder;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'source-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const git = (/** @type {string[]} */ ...args) =>
    run('git', ['-c', 'user.name=x', '-c', 'user.email=x@x.invalid', ...args], { cwd: folder });

  it('is a commit, and what the tree holds beside it', async () => {
    await git('init');
    writeFileSync(path.join(folder, 'kept'), 'before');
    await git('add', 'kept');
    await git('commit', '--message=first');
    expect(await packagedSource(folder)).toEqual({
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      changed: [],
    });
    writeFileSync(path.join(folder, 'kept'), 'after');
    writeFileSync(path.join(folder, 'added'), '');
    expect((await packagedSource(folder)).changed).toEqual([' M kept', '?? added']);
  });

  it('is asked for where there is no repository', async () => {
    await expect(packagedSource(folder)).rejects.toMatchObject({
      message: expect.stringContaining('needs the git repository'),
      command: 'git status',
    });
  });
});
