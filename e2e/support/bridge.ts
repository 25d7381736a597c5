import { expect, type Page } from '@playwright/test';
import type { Bridge, Envelope, RequestName, Requests } from '../../src-main/contract/requests.ts';
import type { InvokeResult, ProcessView, Snapshot } from '../../src-main/contract/views.ts';
import type { Launched } from './launched.ts';

/** The first start translates three components, on a small machine all at once with the window's own start. */
const BUNDLED_LIMIT_MS = 50_000;

/** What a function that runs in the page may use of it. */
interface PageGlobals {
  readonly capsuleDesktop: Bridge;
}

/** One request as the page makes it, envelope and all. */
export function ask<Name extends RequestName>(
  page: Page,
  name: Name,
  argument: Requests[Name]['argument'],
): Promise<Envelope<Requests[Name]['answer']>> {
  return page.evaluate(
    ([sentName, sent]) => {
      const { capsuleDesktop } = globalThis as unknown as PageGlobals;
      return capsuleDesktop.request(sentName, sent);
    },
    [name, argument] as const,
  ) as Promise<Envelope<Requests[Name]['answer']>>;
}

/** The answer of a request that has to succeed. */
export async function request<Name extends RequestName>(
  page: Page,
  name: Name,
  argument: Requests[Name]['argument'],
): Promise<Requests[Name]['answer']> {
  const reply = await ask(page, name, argument);
  if (!reply.ok) {
    throw new Error(`${name}: ${reply.error.code}: ${reply.error.message} ${reply.error.hint}`);
  }
  return reply.value;
}

/** The state now. The page's own deltas go on as if nobody had asked. */
export function snapshot(page: Page): Promise<Snapshot> {
  return request(page, 'state.snapshot', null);
}

/** Waits until the example capsules, which a first start installs in the background, are there. */
export async function bundledInstalled({ page, output }: Launched): Promise<void> {
  const missing = async (): Promise<string> => {
    const ids = new Set((await snapshot(page)).capsules.map(({ id }) => id));
    const names = ['repl', 'runner', 'supervisor'].filter((name) => !ids.has(name));
    // What main wrote says why one is not there.
    return names.length === 0 ? '' : `${names.join(', ')} not installed; ${output()}`;
  };
  await expect.poll(missing, { timeout: BUNDLED_LIMIT_MS }).toBe('');
}

let calls = 0;

/** Invokes an action as the default principal; a guest's deny is an answer. */
export function invoke(page: Page, id: string, action: string, payload: unknown = {}): Promise<InvokeResult> {
  calls += 1;
  const call = `e2e-${calls}`;
  return request(page, 'capsule.invoke', {
    id,
    action,
    payload: JSON.stringify(payload),
    principal: 'default',
    call,
  });
}

/** Processes of one capsule. */
export async function processesOf(page: Page, capsule: string): Promise<readonly ProcessView[]> {
  const { processes } = await snapshot(page);
  return processes.filter((process) => process.capsule === capsule);
}
