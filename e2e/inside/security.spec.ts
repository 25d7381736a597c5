import { expect, test } from '@playwright/test';
import { attemptsIn } from '../support/attempt.ts';
import { launchWithHook, type LaunchedWithHook } from '../support/launch-with-hook.ts';

let desktop: LaunchedWithHook;
test.beforeAll(async () => {
  desktop = await launchWithHook();
});
test.afterAll(() => desktop.close());

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

test('the protocol serves nothing beside the page, and that with its policy', async () => {
  const paths = ['index.html', 'package.json', '../package.json', '%2e%2e/main/index.js', 'index.js.map'];
  const replies = await desktop.inMain(
    ({ session }, asked) =>
      Promise.all(
        asked.map(async (path) => {
          const reply = await session.defaultSession.fetch(`app://capsule-desktop/${path}`);
          return [reply.status, reply.headers.get('content-security-policy')?.slice(0, 18)] as const;
        }),
      ),
    paths,
  );
  expect(replies).toEqual([200, 404, 404, 404, 404].map((status) => [status, "default-src 'none'"]));
});

test('a hostile argument changes no prototype in the main process', async () => {
  const polluted = `capsuleDesktop.request('process.kill', JSON.parse('{"__proto__":{"polluted":1},"key":"0123456789abcdef","x":1}')).then((r) => r.error.code)`;
  expect(await attemptsIn(desktop.page)(polluted)).toBe('invalid-argument');
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
