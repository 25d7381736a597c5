import { expect, type Locator, type Page } from '@playwright/test';

/** More stops than any place of the window has on the way to what is looked for. */
const MAX_STOPS = 60;

/**
 * True when the element that has the focus, or what stands for it on the screen (the label of a hidden input, the row
 * that a list names as active), shows it: by an outline, or a border in the colour of the focus.
 */
const FOCUS_SHOWN = `(() => {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return 'nothing has the focus';
  const primary = (() => {
    const probe = document.createElement('i');
    probe.className = 'focus-colour-probe';
    document.body.append(probe);
    probe.style.color = 'var(--mantine-primary-color-filled)';
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  })();
  const active = focused.getAttribute('aria-activedescendant');
  const label = focused.id === '' ? null : document.querySelector('label[for="' + CSS.escape(focused.id) + '"]');
  const standIns = [focused, focused.nextElementSibling, label, active && document.getElementById(active)];
  const shown = standIns.some((element) => {
    if (!element) return false;
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    return outlined || style.borderTopColor === primary;
  });
  return shown ? '' : focused.outerHTML.slice(0, 200);
})()`;

function hasFocus(element: { readonly ownerDocument: { readonly activeElement: unknown } }): boolean {
  return element.ownerDocument.activeElement === element;
}

/** Says nothing when a person can see where the focus is. */
export async function expectFocusShown(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(FOCUS_SHOWN), { message: 'the focus is visible' }).toBe('');
}

/** Presses Tab until `goal` has the focus; at every stop on the way the focus has to be visible. */
export async function tabTo(page: Page, goal: Locator): Promise<void> {
  const stops: string[] = [];
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    if (await goal.evaluate(hasFocus)) {
      return;
    }
    await page.keyboard.press('Tab');
    stops.push(await page.evaluate('document.activeElement.outerHTML.slice(0, 120)'));
    await expectFocusShown(page);
  }
  throw new Error(`no Tab leads to ${goal.toString()}; the stops were\n${stops.join('\n')}`);
}
