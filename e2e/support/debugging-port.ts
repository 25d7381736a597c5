import { chromium, expect, type Browser, type Page } from '@playwright/test';

/** From the port's address to a page that is shown, on a small machine. */
const PAGE_LIMIT_MS = 30_000;
/** From a connection to its page: some 100 ms, or never (see `attach`). */
const ATTACH_LIMIT_MS = 8_000;
const ATTEMPTS = 3;

/**
 * Connects to a program over Chromium's debugging port and gives its page. Waits until the page is there before it
 * connects: whoever attaches while a new window's page changes from its blank one to ours may wait for ever for the
 * blank one.
 *
 * @param address `ws://127.0.0.1:<port>/devtools/browser/<id>`
 */
export async function connectToPage(
  address: string,
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const list = new URL('/json/list', address.replace(/^ws:/, 'http:'));
  const isShown = async (): Promise<boolean> => {
    const targets = (await (await fetch(list)).json()) as readonly {
      type: string;
      url: string;
      title: string;
    }[];
    // The title comes with the document, so the change of page is over.
    return targets.some(
      ({ type, url, title }) => type === 'page' && url.startsWith('app:') && title === 'Capsule Desktop',
    );
  };
  await expect.poll(isShown, { timeout: PAGE_LIMIT_MS, message: 'waiting for the page' }).toBe(true);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const attached = await attach(address);
    if (attached !== null) {
      return attached;
    }
  }
  throw new Error(`The program's page was not to be had in ${ATTEMPTS} connections.`);
}

/**
 * Null when its page does not come: that of a window whose renderer was ended is still listed for a moment, and whoever
 * attaches to it then waits for ever for what the old renderer would have answered.
 */
async function attach(address: string): Promise<{ readonly browser: Browser; readonly page: Page } | null> {
  const browser = await chromium.connectOverCDP(address);
  // Guests have pages too.
  const ours = (): Page | undefined =>
    browser
      .contexts()
      .flatMap((context) => context.pages())
      .find((page) => page.url().startsWith('app:'));
  const page = await expect
    .poll(() => ours() !== undefined, { timeout: ATTACH_LIMIT_MS })
    .toBe(true)
    .then(ours, () => undefined);
  if (page === undefined) {
    await browser.close();
    return null;
  }
  await page.waitForURL(/^app:/);
  return { browser, page };
}
