import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeSandbox } from '../sandbox/probe.ts';
import { makeWorkspace, OS_THREADS, outcome, script, type ScriptOptions } from '../testing.ts';
import { findTool } from '../tool/host-tool.ts';
import { SandboxSpawner } from './spawn.ts';

let root: string;
let remove: () => void;
beforeEach(() => {
  const made = makeWorkspace();
  remove = made.remove;
  root = realpathSync(made.path);
  for (const folder of [
    'work',
    'shared/mid/sub',
    'shared/moved',
    'private/sub',
    'private/mid/sub',
    'tools',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const own of ['shared/mid/sub/file', 'shared/mid/one']) {
    writeFileSync(join(root, own), 'own\n');
  }
  for (const foreign of ['private/file', 'private/sub/file', 'private/one']) {
    writeFileSync(join(root, foreign), 'SECRET\n');
  }
});
afterEach(() => remove());

/** bubblewrap with something before it: the latest moment at which a name can be swapped, and the earliest for a mount. */
async function spawnerThatSwaps(swap: string): Promise<SandboxSpawner> {
  const sandbox = await probeSandbox();
  const path = join(root, 'tools', 'bwrap');
  writeFileSync(
    path,
    `#!/bin/bash\ncd ${root}/shared/mid || exit 9\n{ ${swap}; } >/dev/null 2>&1 || exit 9\ncd /\nexec ${sandbox.bwrap.path} "$@"\n`,
  );
  chmodSync(path, 0o755);
  const bwrap = await findTool('bwrap', join(root, 'tools'));
  if (bwrap === null) {
    throw new Error('not made');
  }
  return new SandboxSpawner(OS_THREADS, () => Promise.resolve({ ...sandbox, bwrap }));
}

/** What a capsule's program can do to a folder of its own that another capsule was granted a part of. */
const SWAPS: readonly [what: string, swap: string][] = [
  ['a link to a private folder', 'mv sub s && ln -s ../../private sub'],
  ['a link to where keys lie', 'mv sub s && ln -s /root sub'],
  ['a link to the root', 'mv sub s && ln -s / sub'],
  ['a link to /proc', 'mv sub s && ln -s /proc sub'],
  ['a link to itself', 'mv sub s && ln -s sub sub'],
  ['a link in the folder around it', 'cd .. && mv mid m && ln -s ../private mid'],
  ['a link around that', 'cd ../.. && mv shared s && ln -s private shared'],
  ['a FIFO', 'mv sub s && mkfifo sub'],
  [
    'a socket',
    'mv sub s && perl -MIO::Socket::UNIX -e "IO::Socket::UNIX->new(Local => q(sub), Listen => 1)"',
  ],
  ['a link to a device', 'mv sub s && ln -s /dev/zero sub'],
  ['a file', 'mv sub s && echo SECRET > sub'],
  ['another folder', 'mv sub s && cp -r ../../private sub'],
  ['nothing: it is removed', 'rm -r sub'],
  ['one that is made again', 'rm -r sub && mkdir sub && echo SECRET > sub/file'],
  ['a link named as the kernel names what was removed', 'rm -r sub && ln -s ../../private "sub (deleted)"'],
  ['itself, moved to another folder', 'mv sub ../moved'],
];

describe('what was opened to a program', () => {
  it.each(
    SWAPS.flatMap(([what, swap]) =>
      (['readOnly', 'writable'] as const).map((access) => [access, what, swap] as const),
    ),
  )('is that, or the program does not start: %s, then swapped for %s', async (access, _what, swap) => {
    const sub = join(root, 'shared/mid/sub');
    const seen = await startSwapped(swap, { [access]: [sub] }, `cat ${sub}/file; echo x > ${sub}/planted`);
    expect(seen).toSatisfy((text: string) => ['own\n', 'spawn-failed'].includes(text));
    expect(planted()).toEqual([]);
  });

  it.each([
    ['a link to another file', 'mv one o && ln -s ../../private/one one'],
    ['a FIFO', 'mv one o && mkfifo one'],
    ['nothing', 'rm one'],
  ])('is that also for one file, swapped for %s', async (_what, swap) => {
    const one = join(root, 'shared/mid/one');
    const seen = await startSwapped(swap, { readOnly: [one] }, `cat ${one}`);
    expect(seen).toSatisfy((text: string) => ['own\n', 'spawn-failed'].includes(text));
  });

  it.each(SWAPS)('holds for the workspace as well: %s', async (_what, swap) => {
    const sub = join(root, 'shared/mid/sub');
    const seen = await startSwapped(swap, {}, `cat ${sub}/file; echo x > ${sub}/planted`, sub);
    expect(seen).toSatisfy((text: string) => ['own\n', 'spawn-failed'].includes(text));
    expect(planted()).toEqual([]);
  });

  it.each([
    ['the system', '../../../usr', 'share', '/usr/share'],
    ['what it keeps in /etc', '../../../etc', 'alternatives', '/etc/alternatives'],
    ['its devices', '../../../dev', 'shm', '/dev/shm'],
    ['its /proc', '../../../proc', 'sys', '/proc/sys'],
    ['another folder that was opened', '../other', 'share', ''],
    ['the workspace', '../work', 'share', ''],
    ['its own folder, elsewhere', 'm', 'share', ''],
  ])('is not mounted over %s by a link on the way to its place', async (_what, target, name, over) => {
    const [shared, other] = [join(root, 'shared'), join(root, 'other')];
    const folders = [join(shared, 'mid', name), join(other, 'share'), join(root, 'work/share')];
    folders.forEach((folder) => mkdirSync(folder, { recursive: true }));
    writeFileSync(join(shared, 'mid', name, 'theirs'), '');
    const swap = `cd .. && mv mid m && ln -s ${target.replace('../../..', relative(shared, '/'))} mid`;
    const more = { readOnly: [shared, other], writable: [join(shared, 'mid', name)] };
    expect(await startSwapped(swap, more, `ls ${over}`)).toMatch(
      /^The program could not be started: (the sandbox mounted something at|the sandbox did not mount) /,
    );
  });

  it('is not reached around a read-only mount by a descriptor that was left open', async () => {
    const sub = join(root, 'shared/mid/sub');
    const tries =
      'for p in /proc/[0-9]*; do for f in $p/fd/*; do (echo bad > $f/file) 2>/dev/null; done; done; cat "$0"/file';
    const spec = await script(join(root, 'work'), '', { readOnly: [sub], args: ['-c', tries, sub] });
    const spawner = new SandboxSpawner(OS_THREADS);
    const { stdout } = await outcome(await spawner.spawn(spec));
    await spawner.dispose();
    expect([stdout, readFileSync(join(sub, 'file'), 'utf8')]).toEqual(['own\n', 'own\n']);
  });
});

/** What the program wrote, or the code of the start's failure; its message when the mounts were looked at and refused. */
async function startSwapped(
  swap: string,
  more: ScriptOptions,
  text: string,
  workspace = join(root, 'work'),
): Promise<string> {
  const spawner = await spawnerThatSwaps(swap);
  try {
    const child = await spawner.spawn(await script(workspace, text, more));
    const { stdout } = await outcome(child);
    return stdout;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === 'spawn-failed' && !message.includes('the sandbox ') ? code : message;
  } finally {
    await spawner.dispose();
  }
}

/** Places outside of what was opened that a program wrote to. */
function planted(): readonly string[] {
  const places = ['private', 'private/sub', 'private/mid/sub', 'shared/mid'].map((place) =>
    join(root, place),
  );
  const found = [...places, '/root', '/'].filter((place) => existsSync(join(place, 'planted')));
  ['/root', '/'].forEach((place) => rmSync(join(place, 'planted'), { force: true }));
  return found;
}
