import { expect } from '@playwright/test';
import type { Failure } from '../../src-main/contract/requests.ts';
import { ask, request, snapshot } from './bridge.ts';
import { installOffered, removeCapsule } from './offer.ts';
import { endingOf, type Ending, type Watched } from './under-watch.ts';

/** The id under which an attempt installs its capsule. */
export const ATTACKER = 'attacker';

let calls = 0;

/** Invokes an action; a failure is told as it is, an answer with code `ok`. */
export async function invocation(
  { desktop: { page } }: Watched,
  id: string,
  action: string,
  payload: unknown = {},
): Promise<Ending> {
  calls += 1;
  const text = JSON.stringify(payload);
  const argument = { id, action, payload: text, principal: 'default', call: `hostile-${calls}` };
  const reply = await ask(page, 'capsule.invoke', argument);
  return reply.ok
    ? { code: 'ok', words: `${reply.value.action} ${reply.value.data ?? ''}` }
    : endingOf(reply.error);
}

/** Invokes an action that never returns, and cancels it once it runs. */
export async function cancelled(watched: Watched, id: string): Promise<Ending> {
  const { page } = watched.desktop;
  const call = `hostile-${calls + 1}`;
  const ended = invocation(watched, id, 'attack');
  const isBusy = async (): Promise<boolean> => {
    const capsule = (await snapshot(page)).capsules.find((one) => one.id === id);
    return capsule?.instances.some(({ state }) => state === 'busy') ?? false;
  };
  await expect.poll(isBusy).toBe(true);
  await request(page, 'invoke.cancel', { call });
  return ended;
}

/** Installs a capsule, has it attack, and removes it. */
export const installed =
  (attack: (watched: Watched, id: string) => Promise<Ending>) =>
  async (watched: Watched, folder: string): Promise<Ending> => {
    try {
      await installOffered(watched.desktop, folder);
      return await attack(watched, ATTACKER);
    } finally {
      await removeCapsule(watched.desktop, ATTACKER);
    }
  };

/** What the view of a capsule says of its state, once that is this one. */
export async function stateOf({ desktop: { page } }: Watched, id: string, state: string): Promise<Ending> {
  const view = async () => (await snapshot(page)).capsules.find((capsule) => capsule.id === id);
  await expect.poll(async () => (await view())?.state, { timeout: 30_000 }).toBe(state);
  return { code: state, words: (await view())?.stateReason ?? '' };
}

/** The failure of a request that has to fail. */
export function failureOf(reply: { readonly ok: boolean; readonly error?: Failure }): Ending {
  return reply.error === undefined ? { code: 'ok', words: 'it was done' } : endingOf(reply.error);
}
