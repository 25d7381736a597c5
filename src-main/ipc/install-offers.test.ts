import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.ts';
import { TypedError } from '../base/typed-error.ts';
import type { InstallPlan } from '../contract/views.ts';
import { MAX_OPEN_OFFERS, MAX_WAITING_OFFERS } from './constants.ts';
import { InstallOffers } from './install-offers.ts';
import { fakeWindow, somePlan, type FakeWindow } from './testing.ts';

const failure = { code: 'open-remote', message: 'No.', hint: 'Do it yourself.' };
const inspect = (path: string): Promise<InstallPlan> => Promise.resolve(somePlan(path));

function offersWith() {
  const lines: string[] = [];
  return { lines, offers: new InstallOffers((line) => void lines.push(line)) };
}

/** What the window was told, in short: tokens of plans, codes of refusals. Looking takes a few turns. */
async function told(window: FakeWindow): Promise<readonly string[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return window.sent.map(({ value }) =>
    'token' in value ? value.token : 'failure' in value ? value.failure.code : '?',
  );
}

describe('capsules handed over', () => {
  it('wait for a window, with the refusals before the plans', async () => {
    const { offers } = offersWith();
    offers.offer('/a');
    offers.refuse('x', failure);
    offers.offer('/b');
    const window = fakeWindow(1);
    offers.show(window, inspect);
    expect(await told(window)).toEqual(['open-remote', '/a', '/b']);
  });

  it('are shown at once when the window is there', async () => {
    const { offers } = offersWith();
    const window = fakeWindow(1);
    offers.show(window, inspect);
    offers.offer('/a');
    offers.refuse('x', failure);
    expect(await told(window)).toEqual(['open-remote', '/a']);
  });

  it('are looked at a few at a time, the next when one is decided', async () => {
    const { offers } = offersWith();
    const window = fakeWindow(1);
    offers.show(window, inspect);
    const paths = Array.from({ length: MAX_OPEN_OFFERS + 2 }, (_x, index) => `/${index}`);
    paths.forEach((path) => offers.offer(path));
    expect(await told(window)).toEqual(paths.slice(0, MAX_OPEN_OFFERS));
    offers.decided('/1');
    offers.decided('/1');
    offers.decided('a plan chosen by hand');
    expect(await told(window)).toEqual(paths.slice(0, MAX_OPEN_OFFERS + 1));
  });

  it('are told again to a page that was reloaded, while they are undecided', async () => {
    const { offers } = offersWith();
    const window = fakeWindow(1);
    offers.show(window, inspect);
    offers.offer('/a');
    offers.offer('/b');
    await told(window);
    offers.decided('/a');
    offers.show(window, inspect);
    expect(await told(window)).toEqual(['/a', '/b']);
    window.reload();
    offers.offer('/c');
    offers.show(window, inspect);
    expect(await told(window)).toEqual(['/a', '/b', '/b', '/c']);
    expect(window.watchers()).toBe(2);
  });

  it('that were looked at while the window went away are for the next one', async () => {
    const { offers } = offersWith();
    const window = fakeWindow(1);
    const plan = deferred<InstallPlan>();
    offers.show(window, () => plan.promise);
    offers.offer('/a');
    window.close();
    expect(window.watchers()).toBe(0);
    plan.resolve(somePlan('/a'));
    offers.offer('/b');
    expect(await told(window)).toEqual([]);
    const next = fakeWindow(2);
    offers.show(next, inspect);
    expect(await told(next)).toEqual(['/a', '/b']);
  });

  it('that cannot be read are refused with the reason, and the next one follows', async () => {
    const { offers, lines } = offersWith();
    const window = fakeWindow(1);
    offers.show(window, (path) =>
      path === '/a'
        ? Promise.reject(new TypedError('source-missing', 'It is not there.', 'Check the path.'))
        : path === '/b'
          ? Promise.reject(new Error('secret'))
          : inspect(path),
    );
    ['/a', '/b', '/c'].forEach((path) => offers.offer(path));
    expect(await told(window)).toEqual(['source-missing', 'internal', '/c']);
    expect(JSON.stringify(window.sent)).not.toContain('secret');
    expect(lines).toEqual([expect.stringContaining('secret')]);
  });

  it('wait once each and in a bounded list', async () => {
    const { offers, lines } = offersWith();
    for (let index = 0; index < 3 * MAX_WAITING_OFFERS; index += 1) {
      offers.offer(`/${index}`);
      offers.offer('/0');
    }
    const window = fakeWindow(1);
    offers.show(window, inspect);
    const heard = await told(window);
    expect(heard.filter((each) => each === 'open-too-many')).toHaveLength(MAX_WAITING_OFFERS);
    expect(heard.filter((each) => each === '/0')).toHaveLength(1);
    expect(lines).toHaveLength(MAX_WAITING_OFFERS);
  });
});
