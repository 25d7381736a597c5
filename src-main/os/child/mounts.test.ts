import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { probeSandbox } from '../sandbox/probe.ts';
import { closeOpened, makeWorkspace, OS_THREADS, outcome, script, type ScriptOptions } from '../testing.ts';
import { findTool } from '../tool/host-tool.ts';
import { SandboxSpawner } from './spawn.ts';

const spawner = new SandboxSpawner(OS_THREADS);
afterAll(() => spawner.dispose());

function makeRoot(...folders: readonly string[]): string {
  const made = makeWorkspace();
  onTestFinished(made.remove);
  const root = realpathSync(made.path);
  ['work', ...folders].forEach((folder) => mkdirSync(join(root, folder), { recursive: true }));
  return root;
}

describe('a folder within another one that was opened', () => {
  it.each([
    ['in that one', 'v2/out'],
    ['out of it, by a link that is there for the program as well', '../disk/out'],
  ])('is found by its name, also where that leads over links %s', async (_what, place) => {
    const root = makeRoot('project/v2/out', 'disk/out');
    const project = join(root, 'project');
    symlinkSync(place === 'v2/out' ? 'v2' : join(root, 'disk'), join(project, 'current'));
    const inner = join(project, 'current/out');
    const text = `echo x > ${inner}/file; echo x > ${project}/file`;
    const spec = await script(join(root, 'work'), text, { readOnly: [project], writable: [inner] });
    const { stderr } = await outcome(await spawner.spawn(spec));
    closeOpened(spec);
    expect(readFileSync(join(project, place, 'file'), 'utf8')).toBe('x\n');
    expect(stderr).toMatch(/^[^\n]*Read-only file system\n$/);
  });

  it('is found by its name below one that is a link itself', async () => {
    const root = makeRoot('mnt/data/inner');
    symlinkSync(join(root, 'mnt/data'), join(root, 'data'));
    const [outer, inner] = [join(root, 'data'), join(root, 'data/inner')];
    const text = `echo x > ${inner}/file; echo x > ${outer}/file`;
    const spec = await script(join(root, 'work'), text, { readOnly: [outer], writable: [inner] });
    const { stderr } = await outcome(await spawner.spawn(spec));
    closeOpened(spec);
    expect(readFileSync(join(root, 'mnt/data/inner/file'), 'utf8')).toBe('x\n');
    expect(stderr).toMatch(/^[^\n]*Read-only file system\n$/);
  });
});

it('mounts as many folders as a manifest may name', async () => {
  const names = Array.from({ length: 128 }, (_, index) => `many/${String(index)}`);
  const root = makeRoot(...names);
  names.forEach((name) => writeFileSync(join(root, name, 'file'), 'x'));
  const all = names.map((name) => join(root, name));
  const spec = await script(join(root, 'work'), `cat ${root}/many/*/file | wc -c; ls /proc/self/fd | wc -l`, {
    readOnly: all.slice(0, 64),
    writable: all.slice(64),
  });
  const { stdout } = await outcome(await spawner.spawn(spec));
  closeOpened(spec);
  expect(stdout).toBe('128\n4\n');
});

const real = (await probeSandbox()).bwrap.path;

describe('what was opened for a start', () => {
  const fails = 'exit 1';

  it.each<[string, string | null, ScriptOptions, (thread: Worker | undefined) => unknown]>([
    ['it succeeds', `exec ${real} "$@"`, {}, () => undefined],
    ['bubblewrap ends at once', fails, {}, () => undefined],
    ['there is no bubblewrap any more', null, {}, () => undefined],
    ['bubblewrap cannot mount one', `rmdir "$ROOT/inner"; exec ${real} "$@"`, {}, () => undefined],
    ['it is refused', fails, { env: { '': 'x' } }, () => undefined],
    ['its thread is lost', `exec ${real} "$@"`, {}, (thread) => thread?.terminate()],
  ])('is closed when it is over and nobody else has it, whether %s', async (_what, text, more, meanwhile) => {
    const root = makeRoot('inner', 'tools');
    const path = join(root, 'tools/bwrap');
    writeFileSync(path, `#!/bin/sh\n${(text ?? '').replace('$ROOT', root)}\n`, { mode: 0o755 });
    const [sandbox, bwrap] = [await probeSandbox(), await findTool('bwrap', join(root, 'tools'))];
    if (bwrap === null) {
      throw new Error('not made');
    }
    if (text === null) {
      rmSync(path);
    }
    const threads: Worker[] = [];
    const remember = (thread: Worker): void => void threads.push(thread);
    process.on('worker', remember);
    const own = new SandboxSpawner(OS_THREADS, () => Promise.resolve({ ...sandbox, bwrap }));
    const spec = await script(join(root, 'work'), 'true', { writable: [join(root, 'inner')], ...more });
    expect(heldBelow(root)).toEqual([join(root, 'inner'), join(root, 'work')]);
    const starting = own.spawn(spec).then(outcome, (error: unknown) => error);
    // Its caller has given up already: as long as bubblewrap may still be started with it, its number is nobody else's.
    closeOpened(spec);
    expect(heldBelow(root)).toEqual([join(root, 'inner'), join(root, 'work')]);
    await meanwhile(threads[0]);
    await starting;
    expect(heldBelow(root)).toEqual([]);
    await own.dispose();
    process.off('worker', remember);
  });
});

/** What of `root` this process has open. */
function heldBelow(root: string): readonly string[] {
  return readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    })
    .filter((path) => path.startsWith(`${root}/`))
    .toSorted();
}
