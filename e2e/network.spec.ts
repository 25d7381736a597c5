import { expect, test } from '@playwright/test';
import { attemptsIn } from './support/attempt.ts';
import { ask } from './support/bridge.ts';
import { launch } from './support/launch.ts';
import type { Launched } from './support/launched.ts';
import { openListeners, type Listeners } from './support/listeners.ts';
import { attemptsAt, peerConnection } from './support/peer-connection.ts';
import { differsBy } from './support/tags.ts';

let desktop: Launched;
let listeners: Listeners;
let attempt: ReturnType<typeof attemptsIn>;
test.beforeAll(async () => {
  desktop = await launch();
  attempt = attemptsIn(desktop.page);
});
test.beforeEach(async () => {
  listeners = await openListeners();
});
test.afterEach(() => listeners.close());
test.afterAll(() => desktop.close());

/** What this test sent to every port is all that came to them. */
async function expectNothingElse(): Promise<void> {
  await listeners.reachAll();
  const own = listeners.all.flatMap(({ host }) => [`tcp ${host}`, `udp ${host}`]);
  expect([...listeners.heard].toSorted()).toEqual(own.toSorted());
  expect(await ask(desktop.page, 'state.snapshot', null)).toMatchObject({ ok: true });
}

test(
  'hostile attempt 11, WebRTC: no server and no other side is reached, by UDP or by TCP',
  differsBy('@user'),
  async () => {
    const attempts = listeners.all.flatMap(({ address, port }) => attemptsAt(address, port));
    const used = await Promise.all(attempts.map((each) => attempt(peerConnection(each))));
    await expectNothingElse();
    expect(used).toEqual(attempts.map(() => '0'));
  },
);

/** Scripts that send something to a host, or make the browser do it; each has settled when it gives a value. */
const senders: { readonly [Name in string]: (host: string) => string } = {
  'fetch that outlives the page': (host) =>
    `fetch('http://${host}/', { method: 'POST', body: 'x', keepalive: true, mode: 'no-cors' })`,
  XMLHttpRequest: (host) =>
    `new Promise((told) => { const request = new XMLHttpRequest(); request.onloadend = () => told('ended'); request.open('GET', 'http://${host}/'); request.send(); })`,
  sendBeacon: (host) => `navigator.sendBeacon('http://${host}/', 'x')`,
  EventSource: (host) =>
    `new Promise((told) => { new EventSource('http://${host}/').onerror = () => told('refused'); })`,
  WebSocket: (host) =>
    `new Promise((told) => { new WebSocket('ws://${host}/').onerror = () => told('refused'); })`,
  WebTransport: (host) => `new WebTransport('https://${host}/').ready`,
  'a link that tells of its click': (host) =>
    `Object.assign(document.createElement('a'), { href: '#x', ping: 'http://${host}/' }).click()`,
  'a shared worker': (host) =>
    `new Promise((told) => { new SharedWorker('http://${host}/x.js').onerror = () => told('refused'); })`,
  'a service worker': (host) => `navigator.serviceWorker.register('http://${host}/x.js')`,
  'a service worker of ours': () => `navigator.serviceWorker.register('assets/x.js')`,
  'a download': (host) =>
    `Object.assign(document.createElement('a'), { href: 'http://${host}/', download: 'x' }).click()`,
  'a form': (host) =>
    `(() => { const form = Object.assign(document.createElement('form'), { action: 'http://${host}/', method: 'post' }); document.body.append(form); form.submit(); })()`,
  'rules to load pages before they are asked for': (host) =>
    `document.head.append(Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: '{"prerender":[{"urls":["http://${host}/"]}],"prefetch":[{"urls":["http://${host}/"]}]}' }))`,
  'a policy that reports': (host) =>
    `document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy', content: "img-src 'none'; report-uri http://${host}/" }), Object.assign(new Image(), { src: 'data:x' }))`,
  'a video': (host) =>
    `new Promise((told) => { Object.assign(document.createElement('video'), { onerror: () => told('refused'), src: 'http://${host}/' }); })`,
  'a style': (host) =>
    `(async () => { const sheet = new CSSStyleSheet(); sheet.replaceSync('body { background: url(http://${host}/) }'); document.adoptedStyleSheets = [sheet]; await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame); document.adoptedStyleSheets = []; })()`,
  ...Object.fromEntries(
    [
      'dns-prefetch',
      'preconnect',
      'prefetch',
      'prerender',
      'preload',
      'modulepreload',
      'manifest',
      'icon',
    ].map((rel) => [
      `a link of the kind ${rel}`,
      (host: string) =>
        `document.head.append(Object.assign(document.createElement('link'), { rel: '${rel}', href: 'http://${host}/', as: 'script' }))`,
    ]),
  ),
};

test(
  'hostile attempt 12, other ways out: no call, element or hint reaches a port of this machine',
  differsBy('@user'),
  async () => {
    for (const { host } of listeners.all) {
      for (const [name, script] of Object.entries(senders)) {
        await test.step(`${name} ${host}`, () => attempt(script(host)));
      }
    }
    await expectNothingElse();
  },
);
