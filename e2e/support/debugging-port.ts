import { chromium, expect, type Browser, type Page } from '@playwright/test';

/** From the port's address to a page that is shown, on a small machine. */
const PAGE_LIMIT_MS = 30_000;

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
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  // Guests have pages too.
  const isOurs = (page: Page): boolean => page.url().startsWith('app:');
  const page = context?.pages().find(isOurs) ?? (await context?.waitForEvent('page', isOurs));
  if (page === undefined) {
    throw new Error('The program has no session that a window could be in.');
  }
  await page.waitForURL(/^app:/);
  return { browser, page };
}
