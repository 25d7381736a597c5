import { expect, test } from '@playwright/test';
import { ask } from './support/bridge.ts';
import { launch, type Launched } from './support/launch.ts';

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
});
test.afterAll(() => desktop.close());

/**
 * Runs an expression in the page and gives its value, or the name and text of what it threw. It waits a turn
 * first: what the debugger itself evaluates may use `eval` whatever the policy says.
 */
function attempt(expression: string): Promise<string> {
  const wrapped = `(async () => { await new Promise((go) => setTimeout(go)); try { return String(await (${expression})); } catch (error) { return String(error); } })()`;
  return desktop.page.evaluate<string>(wrapped);
}

test('the page has nothing of Node or Electron', async () => {
  for (const name of ['require', 'process', 'Buffer', 'module', 'global', 'ipcRenderer', 'electron']) {
    expect(await attempt(`typeof globalThis.${name}`), name).toBe('undefined');
  }
  expect(await attempt('Object.keys(capsuleDesktop).sort()')).toBe('on,request');
});

test('the window is sandboxed and isolated', async () => {
  const preferences = await desktop.inMain(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) =>
        (webContents as unknown as { getLastWebPreferences(): object }).getLastWebPreferences(),
      ),
    null,
  );
  expect(preferences).toEqual([
    expect.objectContaining({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    }),
  ]);
});

test('every file of the page carries the strict policy', async () => {
  const headers = await desktop.inMain(async ({ session }) => {
    const reply = await session.defaultSession.fetch('app://capsule-desktop/index.html');
    const again = await session.defaultSession.fetch('app://capsule-desktop/index.html');
    const name = 'content-security-policy';
    return [reply.headers.get(name), again.headers.get(name), reply.headers.get('x-content-type-options')];
  }, null);
  expect(headers[0]).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[A-Za-z0-9+/=]+'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  expect(headers[1]).not.toBe(headers[0]);
  expect(headers[2]).toBe('nosniff');
});

test('the protocol serves nothing beside the page', async () => {
  const urls = [
    'package.json',
    '../package.json',
    '%2e%2e/main/index.js',
    '..%2fmain%2findex.js',
    'index.js.map',
  ];
  const statuses = await desktop.inMain(
    ({ session }, paths) =>
      Promise.all(
        paths.map(
          async (path) => (await session.defaultSession.fetch(`app://capsule-desktop/${path}`)).status,
        ),
      ),
    urls,
  );
  expect(statuses).toEqual(urls.map(() => 404));
});

test('text is never run as code, and nothing is fetched', async () => {
  expect(await attempt(`eval('1 + 1')`)).toContain('EvalError');
  expect(await attempt(`new Function('return 1')()`)).toContain('EvalError');
  expect(await attempt(`fetch('https://example.com/')`)).toContain('Failed to fetch');
  expect(await attempt(`fetch('app://capsule-desktop/index.html')`)).toContain('Failed to fetch');
});

test('the page opens no window and goes nowhere', async () => {
  const shown = desktop.page.url();
  expect(await attempt(`window.open('https://example.com/')`)).toBe('null');
  expect(await attempt(`window.open('about:blank')`)).toBe('null');
  for (const target of ['https://example.com/', 'file:///etc/passwd', 'app://capsule-desktop/assets/']) {
    await attempt(`void (location.href = ${JSON.stringify(target)})`);
    // A round trip through main: a navigation that was let through would have begun by then.
    await ask(desktop.page, 'state.snapshot', null);
    expect(desktop.page.url()).toBe(shown);
  }
  expect(await desktop.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null)).toBe(1);
});

test('a page that blanks itself, which Chromium does not let us prevent, comes back', async () => {
  const shown = desktop.page.url();
  const blanked = desktop.page.waitForURL('about:blank', { waitUntil: 'commit' });
  await desktop.page.evaluate(`void setTimeout(() => { location.href = 'about:blank'; })`);
  await blanked;
  await desktop.page.waitForURL(shown);
  expect(await ask(desktop.page, 'state.snapshot', null)).toMatchObject({ ok: true });
});

test('every permission is denied', async () => {
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

test('a name outside the contract is refused before it leaves the page', async () => {
  for (const name of ['toString', '__proto__', 'constructor', 'kernel.dispose', '']) {
    expect(await attempt(`capsuleDesktop.request(${JSON.stringify(name)}, null)`)).toContain(
      'not part of the contract',
    );
    expect(await attempt(`capsuleDesktop.on(${JSON.stringify(name)}, () => 0)`)).toContain(
      'not part of the contract',
    );
  }
});

test('a hostile argument is refused with words, and changes no prototype', async () => {
  const reply = await ask(desktop.page, 'process.kill', { key: '../../etc/passwd' });
  expect(reply).toMatchObject({ ok: false, error: { code: 'invalid-argument' } });
  const polluted = `capsuleDesktop.request('process.kill', JSON.parse('{"__proto__":{"polluted":1},"key":"0123456789abcdef","x":1}')).then((r) => r.error.code)`;
  expect(await attempt(polluted)).toBe('invalid-argument');
  expect(await desktop.inMain(() => Object.keys(Object.prototype), null)).toEqual([]);
});

test('another window of the same session is refused', async () => {
  const reply = await desktop.inMain(async ({ BrowserWindow, app }) => {
    const stranger = new BrowserWindow({
      show: false,
      webPreferences: { preload: `${app.getAppPath()}/out/preload/index.cjs`, sandbox: true },
    });
    await stranger.loadURL('app://capsule-desktop/index.html');
    const answer: unknown = await stranger.webContents.executeJavaScript(
      `capsuleDesktop.request('state.snapshot', null)`,
    );
    stranger.destroy();
    return answer;
  }, null);
  expect(reply).toMatchObject({ ok: false, error: { code: 'refused-sender' } });
});
