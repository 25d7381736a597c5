import { expect, type Page } from '@playwright/test';
import type { Bridge, Envelope, Failure } from '../../src-main/contract/requests.ts';
import type { CapsuleView, InstallPlan } from '../../src-main/contract/views.ts';
import { ask, request } from './bridge.ts';
import type { Launched } from './launched.ts';

/** What the page hears of one capsule that was opened with the application. */
type Offer =
  | { readonly plan: InstallPlan; readonly failure?: never }
  | { readonly failure: Failure; readonly plan?: never };

/** What a function that runs in the page may use of it. */
interface PageGlobals {
  readonly capsuleDesktop: Bridge;
  heard?: Promise<Offer>;
}

/**
 * Opens a capsule's folder or file as a desktop does, and grants it all that it asks for. What is refused is on show in the
 * window, in the same words, and then put away.
 *
 * @param during what else happens once it is confirmed, with the plan's token
 */
export async function offer(
  desktop: Launched,
  path: string,
  during: (token: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<Envelope<CapsuleView>> {
  const { page } = desktop;
  await listen(page);
  await desktop.open(path);
  const { plan, failure } = await heard(page);
  if (plan === undefined) {
    await expectShown(page, failure);
    return { ok: false, error: failure };
  }
  const { token, capabilities } = plan;
  const grants = capabilities.map(({ name }) => name);
  const [answer] = await Promise.all([ask(page, 'install.confirm', { token, grants }), during(token)]);
  const dialog = page.getByRole('dialog', { name: /^Install / });
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(dialog).toBeHidden();
  return answer;
}

/** Installs what has to be installable. Answers its id. */
export async function installOffered(desktop: Launched, path: string): Promise<string> {
  const answer = await offer(desktop, path);
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.error.code}: ${answer.error.message}`);
  }
  return answer.value.id;
}

/** Removes a capsule if it is there. */
export async function removeCapsule({ page }: Launched, id: string): Promise<void> {
  const { capsules } = await request(page, 'state.snapshot', null);
  if (capsules.some((capsule) => capsule.id === id)) {
    await request(page, 'capsule.remove', { id });
  }
}

function listen(page: Page): Promise<void> {
  return page.evaluate(() => {
    const globals = globalThis as unknown as PageGlobals;
    globals.heard = new Promise((resolve) => {
      const stop = [
        globals.capsuleDesktop.on('install.requested', (plan) => end({ plan })),
        globals.capsuleDesktop.on('install.refused', ({ failure }) => end({ failure })),
      ];
      const end = (heard: Offer): void => {
        stop.forEach((each) => each());
        resolve(heard);
      };
    });
  });
}

function heard(page: Page): Promise<Offer> {
  return page.evaluate(() => (globalThis as unknown as PageGlobals).heard) as Promise<Offer>;
}

/** A person reads it in the window as well. */
async function expectShown(page: Page, { message, hint }: Failure): Promise<void> {
  const notice = page.getByRole('alert').filter({ hasText: 'Could not open' });
  await expect(notice).toBeVisible();
  const shown = flat(await notice.innerText());
  // What could hide or reorder text is shown escaped.
  if (/^[\u0020-\u007e“”‘’…]*$/.test(message)) {
    expect(shown).toContain(flat(message));
    expect(shown).toContain(flat(hint));
  }
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toBeHidden();
}

/** Without the breaks that the window makes of long lines. */
function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
