import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeSandbox, type Sandbox } from '../sandbox/probe.ts';
import { makeWorkspace, OS_THREADS, script, until } from '../testing.ts';
import { findTool, type HostTool, type HostToolName } from '../tool/host-tool.ts';
import { SandboxSpawner } from './spawn.ts';

let workspace: string;
let remove: () => void;
let sandbox: Sandbox;
let threads: Worker[];
const remember = (thread: Worker): void => void threads.push(thread);

beforeEach(async () => {
  ({ path: workspace, remove } = makeWorkspace());
  sandbox = await probeSandbox();
  threads = [];
  process.on('worker', remember);
});

afterEach(() => {
  process.off('worker', remember);
  remove();
});

/** A tool of the system with something of the test's own before it. */
async function tool(name: HostToolName, text: string): Promise<HostTool> {
  const folder = join(workspace, 'tools');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
  const found = await findTool(name, folder);
  if (found === null) {
    throw new Error('not made');
  }
  return found;
}

/** Command lines of what runs for this workspace, and is not a tool of ours. */
function running(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(workspace));
}

describe('a sandbox that is given up while it is set up', () => {
  it.each([
    // Gone when it is needed: that is known before init has heard its first word from bubblewrap.
    ['however early that is', null],
    [
      'also when somebody kills bubblewrap before init is bound to it',
      // Not done before it has ended: a program that is let go while KILL is on its way would start, and end with it.
      'parent() { read -r _ _ _ parent _ < "/proc/$1/stat"; }; parent "$2" && outer=$parent && kill -KILL "$outer" &&' +
        ' while parent "$2" && [ "$parent" = "$outer" ]; do :; done; true',
    ],
  ])('leaves no process behind, %s', async (_when, text) => {
    const prlimit = await tool('prlimit', text ?? '');
    if (text === null) {
      rmSync(prlimit.path);
    }
    const spawner = new SandboxSpawner(OS_THREADS, () => Promise.resolve({ ...sandbox, prlimit }));
    const spec = await script(workspace, 'sleep 60');
    for (let round = 0; round < 20; round += 1) {
      await expect(spawner.spawn(spec)).rejects.toMatchObject({ code: 'spawn-failed' });
    }
    await until(() => running().length === 0);
    await spawner.dispose();
  });

  it('executes no program that nobody could limit or end, when the thread is lost to which it was to be bound', async () => {
    const bwrap = await tool(
      'bwrap',
      `touch ${workspace}/up; while [ ! -e ${workspace}/go ]; do sleep 0.01; done; exec ${sandbox.bwrap.path} "$@"`,
    );
    const spawner = new SandboxSpawner(OS_THREADS, () => Promise.resolve({ ...sandbox, bwrap }));
    const spec = await script(workspace, `touch ${workspace}/executed`);
    const starting = spawner.spawn(spec).then(
      () => 'started',
      ({ code }: { code: string }) => code,
    );
    await until(() => existsSync(join(workspace, 'up')));
    await threads[0]?.terminate();
    writeFileSync(join(workspace, 'go'), '');
    expect([await starting, existsSync(join(workspace, 'executed'))]).toEqual(['spawn-failed', false]);
    await until(() => running().length === 0);
    await spawner.dispose();
    rmSync(join(workspace, 'go'));
  });
});
