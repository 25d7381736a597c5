import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import { until } from '../../os/testing.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createGuestPrograms } from './guest-programs.ts';
import { call, describeHarm, isGone, startInstance, type StartKind } from './testing/harm.ts';

const spawner = new SandboxSpawner(WORKER_FOLDER);
afterAll(() => spawner.dispose());

const startPrograms: StartKind = (onStarted = () => undefined) => {
  const children: SandboxedChild[] = [];
  const guests = createGuestPrograms({
    file: join(WORKER_FOLDER, 'guest-process.js'),
    async spawnOwn(program) {
      const child = await spawner.spawnOwn(program);
      children.push(child);
      onStarted(child.programPid ?? 0);
      return child;
    },
  });
  onTestFinished(async () => {
    await guests.dispose();
    // Nothing is left, whatever happened to them.
    await until(() => children.every(({ ended }) => ended));
  });
  return {
    guests,
    get pids() {
      return children.map(({ programPid }) => programPid ?? 0);
    },
  };
};

describeHarm('process', startPrograms);

it('a guest that never ends is ended at its deadline', async () => {
  const started = startPrograms();
  await expect(call(startInstance(started.guests), 'astridInstall', 100)).resolves.toMatchObject({
    kind: 'timed-out',
  });
  await until(() => started.pids.some(isGone));
});

it('a guest that fills its heap ends with that reason', async () => {
  const script = `'use strict';(() => () => ({ run() { const all = []; for (;;) all.push(new Array(1e6).fill({})); } }))()`;
  const component = { script, modules: new Map(), imports: [], exports: ['run'] };
  const instance = startInstance(startPrograms().guests, undefined, component);
  await expect(call(instance, 'run', 30_000)).resolves.toMatchObject({
    kind: 'out-of-memory',
    message: expect.stringContaining('128 MB of JavaScript heap'),
  });
});

it('a program that is not ours but talks like one is ended at its first wrong word', async () => {
  const file = join(await temporaryFolder(), 'taken-over.mjs');
  await writeFile(
    file,
    `import { writeSync } from 'node:fs'; writeSync(1, Uint8Array.of(1, 0, 0, 0, 1, 1, 0, 0, 0, 1)); for (;;) {}`,
  );
  const others = createGuestPrograms({ file, spawnOwn: (program) => spawner.spawnOwn(program) });
  onTestFinished(() => others.dispose());
  await expect(call(startInstance(others))).resolves.toEqual({
    kind: 'trapped',
    message: 'The guest sent a message that cannot be read: a message of kind 1 out of turn.',
  });
});

it('guests that start at once get a process each, also when one is ready', async () => {
  const started = startPrograms();
  const { guests } = started;
  await call(startInstance(guests));
  await until(() => started.pids.length === 2);
  const ends = await Promise.all([1, 2, 3].map(() => call(startInstance(guests))));
  expect(ends.map(({ kind }) => kind)).toEqual(['returned', 'returned', 'returned']);
});

it('where no sandbox can be made the reason is told', async () => {
  const refused = createGuestPrograms({
    file: join(WORKER_FOLDER, 'guest-process.js'),
    spawnOwn: () => Promise.reject(new Error('bubblewrap is not installed.')),
  });
  onTestFinished(() => refused.dispose());
  await expect(call(startInstance(refused))).resolves.toEqual({
    kind: 'trapped',
    message: 'bubblewrap is not installed.',
  });
});

/** Tries everything from inside, as code would that had taken the process over, and tells what it got. */
const reaching = (home: string, data: string, pid: number, port: number): string => `
  import { connect } from 'node:net';
  import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
  import { spawnSync } from 'node:child_process';
  import { lookup } from 'node:dns/promises';
  const attempt = (run) => { try { return String(run()); } catch (error) { return error.code ?? error.message; } };
  const [HOME, DATA, PID, PORT] = ${JSON.stringify([home, data, pid, port])};
  const tcp = await new Promise((resolve) => connect(PORT, '127.0.0.1').on('connect', () => resolve('connected')).on('error', ({ code }) => resolve(code)));
  const name = await lookup('localhost.localdomain.example').then(() => 'found', ({ code }) => code);
  process.stderr.write('REACH ' + JSON.stringify({
    home: attempt(() => readdirSync(HOME).length),
    data: attempt(() => readdirSync(DATA).length),
    'file of the system': attempt(() => writeFileSync('/usr/x', '')),
    'own program': attempt(() => writeFileSync('/run/guest/process.mjs', '')),
    'root folder': attempt(() => writeFileSync('/x', '')),
    'memory of the application': attempt(() => readFileSync('/proc/' + PID + '/mem').length),
    'signal to the application': attempt(() => process.kill(PID, 0)),
    'other processes': attempt(() => readdirSync('/proc').filter((each) => /^[0-9]+$/.test(each)).length),
    environment: Object.keys(process.env).filter((each) => each !== 'PWD').join(),
    'loopback of the machine': tcp,
    'a name': name,
    'rights of root': attempt(() => spawnSync('mount', ['-t', 'tmpfs', 'x', '/tmp']).status),
  }) + '\\n');
`;

it('nothing of the machine is in reach of a guest’s process', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'reaching.mjs');
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await writeFile(file, reaching(homedir(), folder, process.pid, port));
  const said = deferred<string>();
  const others = createGuestPrograms({
    file,
    async spawnOwn(program) {
      const child = await spawner.spawnOwn(program);
      let words = '';
      child.stderr.start({
        accept: (bytes) => {
          words += Buffer.from(bytes).toString();
        },
        room: () => Number.MAX_SAFE_INTEGER,
        resumeRoom: 1,
      });
      void child.exited.then(() => said.resolve(words));
      return child;
    },
  });
  onTestFinished(() => others.dispose());
  startInstance(others);
  const reach = JSON.parse((await said.promise).split('REACH ')[1] ?? '{}') as object;
  console.log(
    Object.entries(reach)
      .map(([what, got]) => `${what.padEnd(28)} ${String(got)}`)
      .join('\n'),
  );
  expect(reach).toEqual({
    home: 'ENOENT',
    data: 'ENOENT',
    'file of the system': 'EROFS',
    'own program': 'EROFS',
    'root folder': 'EROFS',
    'memory of the application': 'ENOENT',
    'signal to the application': 'ESRCH',
    // Itself and the init of its sandbox.
    'other processes': '2',
    environment: '',
    'loopback of the machine': 'ECONNREFUSED',
    'a name': expect.stringMatching(/^EAI_AGAIN|ENOTFOUND$/),
    'rights of root': expect.stringMatching(/^(1|32|null)$/),
  });
});
