import { expect, test } from '@playwright/test';
import { launchWithHook, type LaunchedWithHook } from '../support/launch-with-hook.ts';

let desktop: LaunchedWithHook;
test.beforeAll(async () => {
  desktop = await launchWithHook();
});
test.afterAll(() => desktop.close());

for (const theme of ['light', 'dark'] as const) {
  test(`nothing flashes in ${theme}: the window is painted in the page's own ground before the page is`, async () => {
    const { page, inMain } = desktop;
    // Playwright otherwise tells the page that the system is light.
    await page.emulateMedia({ colorScheme: null });
    await inMain(({ nativeTheme }, source) => {
      nativeTheme.themeSource = source;
    }, theme);
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    const [red, green, blue] = [...String(ground).matchAll(/\d+/g)].map(([part]) => Number(part));
    const window = await inMain(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBackgroundColor() ?? '',
      null,
    );
    const parts = [1, 3, 5].map((at) => Number.parseInt(window.slice(at, at + 2), 16));
    expect(parts).toEqual([red, green, blue]);
  });
}

test('the window has its name and a smallest size at which everything still fits', async () => {
  const { page, inMain } = desktop;
  const seen = await inMain(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    return { title: window?.getTitle(), least: window?.getMinimumSize(), visible: window?.isVisible() };
  }, null);
  expect(seen).toEqual({ title: 'Capsule Desktop', least: [640, 480], visible: true });
  await inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(640, 480), null);
  await expect.poll(() => page.evaluate('`${innerWidth} ${innerHeight}`')).toBe('640 480');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(640);
});
