import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../os/testing.ts';
import { isGone } from '../../runtime/guest-process/testing/harm.ts';
import type { SandboxedPage } from '../../runtime/sandboxed-page.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { connectToPageHost } from '../../testing/remote-pages.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const host = connectToPageHost();
afterAll(() => host.close());

/** Opens a page whose own script is this one: what has taken a page's process over can do no less. */
async function openTakenOver(script: string): Promise<SandboxedPage> {
  const file = join(await temporaryFolder(), 'taken-over.js');
  await writeFile(file, script);
  const page = await host.open({ 'page.js': relative(WORKER_FOLDER, file) });
  onTestFinished(() => page.kill());
  return page;
}

/** The page answers as its worker would, and does this at the first message; a thread that runs its script computes for ever. */
const onMessage = (script: string): string => `
if (globalThis.document === undefined) {
  postMessage('begun');
  for (;;);
}
addEventListener('message', ({ ports: [worker, page] }) => {
  worker.onmessage = ({ data }) => {
    if (data instanceof Uint8Array) { ${script} } else { worker.postMessage(performance.now()); }
  };
  worker.postMessage(performance.now());
}, { once: true });`;

const frame = (property: string): string => `
  const frame = document.createElement('iframe');
  frame.srcdoc = '<p>';
  frame.${property};
  document.documentElement.append(frame);`;

/** The page answers with this when it is asked for its time. */
const answering = (answer: string): string => `addEventListener('message', ({ ports: [worker] }) => {
  worker.onmessage = () => worker.postMessage(${answer});
  worker.postMessage(0);
}, { once: true });`;

async function expectNextToOpen(): Promise<void> {
  const next = await openTakenOver(onMessage(''));
  expect(next.ended).toBe(false);
}

describe('a page that was taken over', () => {
  it.each([
    ['closes itself', 'close();'],
    [
      'closes itself while a thread of it goes on',
      `const thread = new Worker('page.js'); thread.onmessage = () => close();`,
    ],
    ['shows another page', `location = 'about:blank';`],
    ['shows itself again', 'location.reload();'],
    ['closes its worker’s port', 'worker.close();'],
    ['shows a frame, which may be in another process', frame(`sandbox = 'allow-scripts'`)],
    ['shows a frame of itself', frame(`src = 'page.html'`)],
  ])('has ended, with its process, when it %s; the next one opens', async (_what, script) => {
    const page = await openTakenOver(onMessage(script));
    const { pid } = page;
    page.post(Uint8Array.of(1));
    await expect(page.exited).resolves.toMatchObject({ reason: 'killed' });
    await until(() => isGone(pid));
    await expectNextToOpen();
  });

  it.each([
    ['closes itself', 'close();'],
    ['tells no time', answering(`'soon'`)],
    ['tells a time that is none', answering('NaN')],
    ['tells what cannot become a number', answering('{ valueOf: 1, toString: 1 }')],
    ['tells a time before its own beginning', answering('-1e300')],
    ['tells a time that has not come', answering('1e300')],
  ])('does not open when it %s; the next one does', async (_what, script) => {
    await expect(openTakenOver(script)).rejects.toThrow(
      /^its (process ended|worker told no time)|^ERR_|\(-\d+\)/,
    );
    await expectNextToOpen();
  });

  it('leaves nothing in the application of what it stored', async () => {
    const page = await openTakenOver(
      onMessage(`void (async () => {
        const folder = await navigator.storage.getDirectory();
        const file = await (await folder.getFileHandle('file', { create: true })).createWritable();
        await file.write(new Uint8Array(${String(STORED_BYTES)}));
        await file.close();
        worker.postMessage(Uint8Array.of(1));
      })()`),
    );
    const stored = new Promise((resolve) => page.listen(resolve));
    const application = applicationOf(page.pid);
    const before = residentBytes(application);
    page.post(Uint8Array.of(1));
    await stored;
    expect(residentBytes(application) - before).toBeGreaterThan(STORED_BYTES / 2);
    page.kill();
    await page.exited;
    await until(() => residentBytes(application) - before < STORED_BYTES / 2);
  });
});

/** Far more than a page that opens or closes changes. */
const STORED_BYTES = 256 * 1024 ** 2;

/** The first of its forebears that is none of Chromium's helpers. */
function applicationOf(pid: number): number {
  const isHelper = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes('--type=');
  return isHelper ? applicationOf(Number(/^PPid:\s+(\d+)/m.exec(statusOf(pid))?.[1])) : pid;
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(statusOf(pid))?.[1]) * 1024;
}

function statusOf(pid: number): string {
  return readFileSync(`/proc/${String(pid)}/status`, 'utf8');
}
