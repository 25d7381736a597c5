import { join } from 'node:path';
import { expect } from '@playwright/test';
import { root, type Launched } from './launch.ts';

const folder = join(root, 'artefacts', 'screenshots');
const SCHEMES = ['light', 'dark'] as const;
const SIZES = [
  [800, 600],
  [1280, 800],
] as const;

/** Gives the window's content this size in CSS pixels. */
export async function resize({ page, inMain }: Launched, width: number, height: number): Promise<void> {
  await inMain(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size[0], size[1]);
    },
    [width, height] as const,
  );
  await expect.poll(() => page.evaluate('`${innerWidth} ${innerHeight}`')).toBe(`${width} ${height}`);
}

/** Keeps pictures of what is on show, in both themes and both sizes, and leaves a light window of 1280 by 800. */
export async function shoot(desktop: Launched, name: string): Promise<void> {
  const { page } = desktop;
  for (const [width, height] of SIZES) {
    await resize(desktop, width, height);
    for (const scheme of SCHEMES) {
      await show(desktop, scheme);
      await page.screenshot({
        path: join(folder, `${name}-${scheme}-${width}x${height}.png`),
        animations: 'disabled',
      });
    }
  }
  await show(desktop, 'light');
}

/** The system's own choice of theme, which the window follows. */
export async function show({ page }: Launched, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
}
