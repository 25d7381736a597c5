import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { attemptsIn } from '../support/attempt.ts';
import { request } from '../support/bridge.ts';
import { connectToPage } from '../support/debugging-port.ts';
import { launchWithHook, type LaunchedWithHook } from '../support/launch-with-hook.ts';

const rawPreload = join(import.meta.dirname, '../support/raw-preload.cjs');
/** What main may keep of a message, once the memory came back. */
const KEPT_BYTES = 50 * 1024 ** 2;
/** From a message to its memory: two looks of main's, on a busy machine. */
const RETURNED = { timeout: 15_000 };

let desktop: LaunchedWithHook;
test.beforeEach(async () => {
  desktop = await launchWithHook();
});
test.afterEach(() => desktop.close());

/** Memory of main in bytes that is its own: its program's files aside. */
function ownMemory(): number {
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(
    readFileSync(`/proc/${desktop.child.pid}/status`, 'utf8'),
  ) ?? ['', ''];
  return Number(kilobytes) * 1024;
}

/** The most that main had since the last reset, whenever that was: what is given back soon may be there for a moment only. */
function peakMemory(): number {
  const status = readFileSync(`/proc/${desktop.child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Its peak is what it has now; proc_pid_clear_refs(5). */
function resetPeak(): void {
  writeFileSync(`/proc/${desktop.child.pid}/clear_refs`, '5');
}

async function withRaw(): Promise<void> {
  await desktop.inMain(({ session }, filePath) => {
    // The test Electron has only the older of the two.
    const { defaultSession } = session;
    const older = defaultSession as unknown as { setPreloads(paths: readonly string[]): void };
    if ('registerPreloadScript' in defaultSession) {
      defaultSession.registerPreloadScript({ type: 'frame', filePath });
    } else {
      older.setPreloads([filePath]);
    }
  }, rawPreload);
  await desktop.page.reload();
}

/** The page that came in place of one that was ended. */
async function freshPage(work: (page: Page) => Promise<void>): Promise<void> {
  const [port, path] = readFileSync(join(desktop.dataDir, 'DevToolsActivePort'), 'utf8').split('\n');
  const { browser, page } = await connectToPage(`ws://127.0.0.1:${port ?? ''}${path ?? ''}`);
  await work(page);
  await browser.close();
}

test('a text of 400 MB is refused before it leaves the page, and main takes no memory for it', async () => {
  const before = ownMemory();
  const sent = `capsuleDesktop.request('process.kill', { key: 'x'.repeat(400 * 1024 ** 2) })`;
  expect(await attemptsIn(desktop.page)(`${sent}.then((reply) => reply.error.code)`)).toBe('too-large');
  expect(ownMemory() - before).toBeLessThan(KEPT_BYTES);
  await request(desktop.page, 'state.snapshot', null);
});

test('a page that asks without end is refused, main is not held up, and the page goes on when it stops', async () => {
  const flood = `(async () => {
    const replies = await Promise.all(Array.from({ length: 50_000 }, () => capsuleDesktop.request('updates.view', null)));
    const refused = replies.filter((reply) => !reply.ok).map((reply) => reply.error.code);
    return refused.length + ' ' + [...new Set(refused)];
  })()`;
  const [count, codes] = (await attemptsIn(desktop.page)(flood)).split(' ');
  expect(codes).toBe('too-many-requests');
  // At most the burst, and what came back while they were made.
  expect(Number(count)).toBeGreaterThan(40_000);
  await expect
    .poll(() =>
      attemptsIn(desktop.page)(`capsuleDesktop.request('updates.view', null).then((reply) => reply.ok)`),
    )
    .toBe('true');
});

/** What a renderer sends that goes past its preload. */
const hostile = [
  ['a long text', `raw.invoke('process.kill', { key: 'x'.repeat(64 * 1024 ** 2) })`],
  ['a long text as a further argument', `raw.invoke('state.snapshot', null, 'x'.repeat(64 * 1024 ** 2))`],
  ['many small values', `raw.invoke('process.kill', Array.from({ length: 1e6 }, () => 0))`],
  [
    'many keys',
    `raw.invoke('process.kill', Object.fromEntries(Array.from({ length: 2e5 }, (_, at) => ['k' + at, 1])))`,
  ],
  ['a buffer', `raw.invokeMade('process.kill', 'buffer')`],
  ['a map', `raw.invokeMade('process.kill', 'map')`],
  ['a list that claims four billion', `raw.invokeMade('process.kill', 'sparse')`],
  ['a list with something beside its places', `raw.invokeMade('process.kill', 'beside')`],
  ['a circle', `raw.invokeMade('process.kill', 'circle')`],
  ['a message that is no request', `(raw.send('nobody.hears.this', 1), Promise.resolve())`],
  ['one that waits for its answer', `(raw.sendSync('nobody.hears.this', 1), Promise.resolve())`],
  [
    'requests without end',
    `Promise.all(Array.from({ length: 10_000 }, () => raw.invoke('updates.view', null)))`,
  ],
] as const;

for (const [what, code] of hostile) {
  test(`hostile renderer, ${what}: refused, ended with a line in the log, and the window is back`, async () => {
    await withRaw();
    const replaced = desktop.inMain(
      ({ BrowserWindow }) =>
        new Promise<void>((resolve) => {
          BrowserWindow.getAllWindows()[0]?.webContents.once('did-finish-load', () => resolve());
        }),
      null,
    );
    // It ends before it could hear the answer.
    void desktop.page.evaluate(`void (${code}).catch(() => 0)`).catch(() => undefined);
    await replaced;
    // The line comes by a pipe, and may come later than the word of the new page.
    await expect.poll(() => desktop.output()).toMatch(/the renderer of web contents \d+ is ended: it sent/);
    await freshPage(async (page) => {
      await expect(page.getByText('No processes yet')).toBeVisible();
    });
  });
}

for (const [what, code] of [
  ['a request', `raw.invoke('process.kill', { key: 'x'.repeat(400 * 1024 ** 2) })`],
  ['an unknown request', `raw.invoke('nobody.hears.this', 'x'.repeat(400 * 1024 ** 2)).catch(() => 0)`],
  ['a message that nobody hears', `raw.send('nobody.hears.this', 'x'.repeat(400 * 1024 ** 2))`],
] as const) {
  test(`hostile renderer, 400 MB in ${what}: the memory comes back`, async () => {
    await withRaw();
    const before = ownMemory();
    resetPeak();
    const peakBefore = peakMemory();
    const seen = expect.poll(() => peakMemory() - peakBefore, RETURNED).toBeGreaterThan(300 * 1024 ** 2);
    void desktop.page.evaluate(`void (${code})`).catch(() => undefined);
    await seen;
    await expect.poll(() => ownMemory() - before, RETURNED).toBeLessThan(KEPT_BYTES);
    await freshPage(async (page) => {
      await expect(page.getByText('No processes yet')).toBeVisible();
    });
  });
}
