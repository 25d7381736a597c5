import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { until } from '../../os/testing.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { connectToPageHost } from '../../testing/remote-pages.ts';
import type { LoadedComponent } from './guest-process.ts';
import type { SandboxedPage } from '../sandboxed-page.ts';
import { createGuestPages } from './guest-pages.ts';
import { call, describeHarm, isGone, startInstance, type StartKind } from './testing/harm.ts';

const spawner = new SandboxSpawner(WORKER_FOLDER);
const host = connectToPageHost();
afterAll(async () => {
  host.close();
  await spawner.dispose();
});

const startPages: StartKind = (onStarted = () => undefined) => {
  const pages: SandboxedPage[] = [];
  const guests = createGuestPages({
    async open(files) {
      const page = await host.open(files);
      pages.push(page);
      onStarted(page.pid);
      return page;
    },
    limit: (pid, bytes) => spawner.limitRunning(pid, bytes),
  });
  onTestFinished(async () => {
    await guests.dispose();
    // Nothing is left, whatever happened to them.
    await until(() => pages.every(({ ended }) => ended));
  });
  return {
    guests,
    get pids() {
      return pages.map(({ pid }) => pid);
    },
  };
};

describeHarm('page', startPages);

it('a guest that never ends is ended at its deadline, with its process', async () => {
  const started = startPages();
  await expect(call(startInstance(started.guests), 'astridInstall', 1_000)).resolves.toMatchObject({
    kind: 'timed-out',
  });
  await until(() => started.pids.some(isGone));
});

it('a guest that fills its heap ends with a reason, long before the machine is full', async () => {
  const script = `(() => () => ({ run() { const all = []; for (;;) all.push(new Array(1e6).fill({})); } }))()`;
  const component = { script, modules: new Map(), imports: [], exports: ['run'] };
  const instance = startInstance(startPages().guests, undefined, component);
  await expect(call(instance, 'run', 50_000)).resolves.toEqual({
    kind: 'out-of-memory',
    message: "The guest's process ended as one does that runs out of memory; it may take 768 MB.",
  });
});

/** Tries everything from inside, as a component's script would, and traps with what it got. */
const reaching = (port: number): string => `(() => () => ({ run() {
  const attempt = (run) => { try { return String(run()); } catch (error) { return error.name; } };
  const names = [];
  for (let holder = globalThis; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (holder !== Object.prototype) names.push(...Reflect.ownKeys(holder).map(String));
  }
  throw new Error('REACH ' + JSON.stringify({
    'Node: process, require': attempt(() => process) + ', ' + attempt(() => require),
    'a request': attempt(() => fetch('http://127.0.0.1:${String(port)}/')),
    'a socket': attempt(() => new WebSocket('ws://127.0.0.1:${String(port)}/')),
    'another thread': attempt(() => new Worker('worker.js')),
    'a script': attempt(() => importScripts('worker.js')),
    'storage': attempt(() => indexedDB),
    'messages to the page': attempt(() => postMessage('x')),
    'code from text': attempt(() => eval('1')) + ', ' + attempt(() => new Function('return 1')()),
    'a module': attempt(() => String(import('http://127.0.0.1:${String(port)}/'))),
    'a timer': attempt(() => setTimeout(() => 0)),
    'names of the global object': names.sort().join(' '),
  }));
} }))()`;

it('nothing but the language is in reach of a component’s script in a page', async () => {
  const connected = deferred<string>();
  const server = createServer(() => connected.resolve('connected')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const component: LoadedComponent = {
    script: reaching(port),
    modules: new Map(),
    imports: [],
    exports: ['run'],
  };
  const started = startPages();
  const end = await call(startInstance(started.guests, undefined, component));
  const reach = JSON.parse(('message' in end ? end.message : '').split('REACH ')[1] ?? '{}') as object;
  console.log(
    Object.entries(reach)
      .map(([what, got]) => `${what.padEnd(28)} ${String(got)}`)
      .join('\n'),
  );
  expect(reach).toMatchObject({
    'Node: process, require': 'ReferenceError, ReferenceError',
    'a request': 'ReferenceError',
    'a socket': 'ReferenceError',
    'another thread': 'ReferenceError',
    'a script': 'ReferenceError',
    storage: 'ReferenceError',
    'messages to the page': 'ReferenceError',
    'code from text': 'EvalError, EvalError',
    // It never comes: the page's policy lets it load its own scripts alone.
    'a module': '[object Promise]',
    'a timer': 'ReferenceError',
  });
  await until(() => started.pids.some(isGone));
  await expect(Promise.race([connected.promise, Promise.resolve('nothing came')])).resolves.toBe(
    'nothing came',
  );
});
