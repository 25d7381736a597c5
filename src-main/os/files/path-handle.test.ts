import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { makeWorkspace } from '../testing.ts';
import { GrantedPaths, openHomePart } from './granted-paths.ts';
import { openPath, PathHandle } from './path-handle.ts';
import { swapBefore } from './swap-testing.ts';

let root: string;
beforeEach(() => {
  const made = makeWorkspace();
  onTestFinished(made.remove);
  root = realpathSync(made.path);
});

const openNow = (): number => readdirSync('/proc/self/fd').length;

/** Anew: a granted folder in one that somebody else writes, the application's folder, and another one. */
function lay(): { readonly granted: string; readonly data: string; readonly outside: string } {
  for (const name of readdirSync(root)) {
    rmSync(join(root, name), { recursive: true });
  }
  const [granted, data, outside] = [join(root, 'mid/sub'), join(root, 'data'), join(root, 'outside')];
  for (const folder of [granted, join(data, 'sub'), join(outside, 'sub')]) {
    mkdirSync(folder, { recursive: true });
  }
  return { granted, data, outside };
}

describe('a granted folder that is swapped while it is opened', () => {
  type Place = ReturnType<typeof lay>;
  type Put = (path: string, place: Place) => void;
  const linkTo =
    (target: (place: Place) => string): Put =>
    (path, place) =>
      symlinkSync(target(place), path);

  const swaps: readonly [what: string, moved: string, put: Put][] = [
    ['a link outside', 'mid/sub', linkTo(({ outside }) => outside)],
    ['a link to the data folder', 'mid/sub', linkTo(({ data }) => data)],
    ['a link in the folder around it', 'mid', linkTo(({ outside }) => outside)],
    ['a link around it to the data folder', 'mid', linkTo(({ data }) => data)],
    ['a link to itself', 'mid/sub', linkTo(() => 'sub')],
    ['a link to a device', 'mid/sub', linkTo(() => '/dev/zero')],
    ['a FIFO', 'mid/sub', (path) => execFileSync('mkfifo', [path])],
    ['a file', 'mid/sub', (path) => writeFileSync(path, '')],
    ['another folder', 'mid/sub', (path, { outside }) => cpSync(outside, path, { recursive: true })],
    ['nothing', 'mid/sub', () => undefined],
    ['nothing, and it is gone', 'mid/sub', () => rmSync(join(root, 'was'), { recursive: true })],
  ];
  const swapAll = (place: Place, moved: string, put: Put): void => {
    renameSync(join(root, moved), join(root, 'was'));
    put(join(root, moved), place);
  };

  it.each(swaps)('is opened as what lies at its own name, or not at all: %s', async (_what, moved, put) => {
    let reached = true;
    const before = openNow();
    for (let at = 0; reached; at += 1) {
      const place = lay();
      const { granted, data, outside } = place;
      const paths = new GrantedPaths(data);
      const { outcome, swapped } = await swapBefore(
        at,
        granted,
        () => swapAll(place, moved, put),
        () => paths.open(granted, 'write'),
      );
      reached = swapped;
      expect(outcome.status).toBe('fulfilled');
      const { handle } = outcome.status === 'fulfilled' ? outcome.value : { handle: null };
      if (handle !== null) {
        // It may be what the name leads to by now; then it says so, and the gate compares that with what was granted.
        const held = handle.hold();
        const facts = statSync(`/proc/self/fd/${String(held.fd)}`, { bigint: true });
        const foreign = [outside, data].flatMap((folder) => [folder, join(folder, 'sub')]);
        const names = foreign.filter((folder) => statSync(folder, { bigint: true }).ino === facts.ino);
        expect(names.length === 0 ? [granted] : names).toContain(handle.path);
        expect(handle.identity).toEqual({ dev: facts.dev, ino: facts.ino });
        expect(handle.path.startsWith(data), `swapped before call ${String(at)}`).toBe(false);
        void held.release();
        handle.close();
      }
    }
    expect(openNow()).toBe(before);
  });

  it.each(swaps)('is no part of a home unless it lies there: %s', async (_what, moved, put) => {
    let reached = true;
    for (let at = 0; reached; at += 1) {
      const place = lay();
      const { outcome, swapped } = await swapBefore(
        at,
        place.granted,
        () => swapAll(place, moved, put),
        () => openHomePart(root, 'mid/sub', false),
      );
      reached = swapped;
      const handle = outcome.status === 'fulfilled' ? outcome.value : null;
      expect([place.granted, undefined]).toContain(handle?.path);
      handle?.close();
    }
  });
});

describe('what was opened', () => {
  it('stays what it is under whatever name, until it is closed and nobody holds it', async () => {
    const { granted } = lay();
    writeFileSync(join(granted, 'file'), 'own');
    const before = openNow();
    const handle = await openPath(granted);
    if (!(handle instanceof PathHandle)) {
      throw new Error(handle);
    }
    const held = handle.hold();
    handle.close();
    handle.close();
    renameSync(granted, join(root, 'elsewhere'));
    expect(readFileSync(`/proc/self/fd/${String(held.fd)}/file`, 'utf8')).toBe('own');
    void held.release();
    void held.release();
    expect(openNow()).toBe(before);
    expect(() => handle.hold()).toThrow(expect.objectContaining({ code: 'spawn-failed' }) as Error);
  });

  it.each([
    ['/dev/null', 'special'],
    ['/nowhere/at/all', 'missing'],
    ['/etc/passwd/file', 'missing'],
  ])('is nothing at %s', async (path, expected) => {
    await expect(openPath(path)).resolves.toBe(expected);
  });
});
