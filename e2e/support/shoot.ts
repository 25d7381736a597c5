import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Launched } from './launched.ts';
import { installed } from './program.ts';
import { root } from './root.ts';

const folder = join(root, 'artefacts', 'screenshots');
const SCHEMES = ['light', 'dark'] as const;
const SIZES = [
  [800, 600],
  [1280, 800],
] as const;

/** Gives the page this size in CSS pixels, whatever the size of its window. */
export async function resize({ page }: Launched, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await expect.poll(() => page.evaluate('`${innerWidth} ${innerHeight}`')).toBe(`${width} ${height}`);
}

/**
 * Keeps pictures of what is on show, in both themes and both sizes, and leaves a light window of 1280 by 800. Of the
 * build of the tree only: an installed program shows the same page.
 */
export async function shoot(desktop: Launched, name: string): Promise<void> {
  const { page } = desktop;
  if (installed !== null) {
    await resize(desktop, 1280, 800);
    await show(desktop, 'light');
    return;
  }
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
