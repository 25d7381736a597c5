import { afterAll, expect, it } from 'vitest';
import { SandboxSpawner } from '../child/spawn.ts';
import { OS_THREADS, collect, makeWorkspace, script, until } from '../testing.ts';

const { path: workspace, remove } = makeWorkspace();
const spawner = new SandboxSpawner(OS_THREADS);
afterAll(async () => {
  await spawner.dispose();
  remove();
});

/** What a pipe holds, and one piece that may be under way. */
const AT_MOST_LEFT = 65_536 + 4_096;

it('writes no more of what was called off, however often, and what comes later once', async () => {
  // Reads nothing until it is told to.
  const text = 'trap "cat; exit 0" USR1; echo up; while :; do sleep 0.01; done';
  const child = await spawner.spawn(await script(workspace, text, { stdin: 'pipe' }));
  const stdout = collect(child.stdout);
  await until(() => stdout.text() === 'up\n');
  const cut = new AbortController();
  const [first, ...others] = Array.from('abcdefgh', (letter) =>
    child.stdin?.write(Buffer.alloc(300_000, letter), cut.signal),
  );
  const late = child.stdin?.write(Buffer.alloc(200_000, 'z'));
  child.stdin?.end();
  await new Promise((resolve) => setImmediate(resolve));
  cut.abort(new Error('called off'));
  await child.signal('usr1');
  for (const write of [first, ...others]) {
    await expect(write).rejects.toThrow('called off');
  }
  await late;
  await child.exited;
  await stdout.ended;
  const [, cutShort = '', whole = ''] = /^up\n(a*)(z*)$/.exec(stdout.text()) ?? [];
  expect(whole).toHaveLength(200_000);
  expect(cutShort.length).toBeLessThanOrEqual(AT_MOST_LEFT);
  child.stderr.close();
});

it('takes writes at the same time one after the other', async () => {
  const child = await spawner.spawn(await script(workspace, 'cat', { stdin: 'pipe' }));
  const stdout = collect(child.stdout);
  const writes = Array.from('abcd', (letter) => child.stdin?.write(Buffer.alloc(100_000, letter)));
  child.stdin?.end();
  for (const write of writes) {
    await write;
  }
  await child.exited;
  await stdout.ended;
  expect(stdout.text()).toBe(Array.from('abcd', (letter) => letter.repeat(100_000)).join(''));
  child.stderr.close();
});
