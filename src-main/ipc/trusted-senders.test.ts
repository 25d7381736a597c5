import { describe, expect, it } from 'vitest';
import { TrustedSenders, type SenderEvent } from './trusted-senders.ts';

const origin = 'app://capsule-desktop';

function eventFrom(id: number, url: string, parent: unknown = null): SenderEvent {
  return { sender: { id }, senderFrame: { url, parent } };
}

describe('trusted senders', () => {
  it('accept the main frame of a known window on our own origin', () => {
    const trusted = new TrustedSenders(origin);
    trusted.add(7);
    expect(trusted.accepts(eventFrom(7, 'app://capsule-desktop/index.html#/processes'))).toBe(true);
  });

  it.each([
    ['another window', eventFrom(8, 'app://capsule-desktop/index.html')],
    ['a frame inside the page', eventFrom(7, 'app://capsule-desktop/index.html', {})],
    ['another host', eventFrom(7, 'app://capsule-desktop.evil/index.html')],
    ['a host that ends like ours', eventFrom(7, 'app://evilcapsule-desktop/index.html')],
    ['our host as a user name', eventFrom(7, 'app://capsule-desktop@evil/index.html')],
    ['a user name before our host', eventFrom(7, 'app://evil@capsule-desktop/index.html')],
    ['a port', eventFrom(7, 'app://capsule-desktop:81/index.html')],
    ['another scheme', eventFrom(7, 'https://capsule-desktop/index.html')],
    ['a file', eventFrom(7, 'file:///capsule-desktop/index.html')],
    ['a blank page', eventFrom(7, 'about:blank')],
    ['an empty address', eventFrom(7, '')],
    ['a frame that is gone', { sender: { id: 7 }, senderFrame: null }],
  ])('refuse %s', (_what, event) => {
    const trusted = new TrustedSenders(origin);
    trusted.add(7);
    expect(trusted.accepts(event)).toBe(false);
  });

  it('forget a window when told to', () => {
    const trusted = new TrustedSenders(origin);
    const forget = trusted.add(7);
    forget();
    expect(trusted.accepts(eventFrom(7, 'app://capsule-desktop/index.html'))).toBe(false);
  });
});
