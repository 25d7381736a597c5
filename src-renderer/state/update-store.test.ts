import { describe, expect, it } from 'vitest';
import { createFakeClient, refusal } from '../client/fake-client.ts';
import { createNotices } from './notices.ts';
import { createUpdates } from './update-store.ts';

const off = { feed: null, step: { state: 'off', reason: '' } } as const;
const idle = { feed: 'https://x/', step: { state: 'idle' } } as const;
const checking = { feed: 'https://x/', step: { state: 'checking' } } as const;
const current = { feed: 'https://x/', step: { state: 'current' } } as const;

describe('updates in the window', () => {
  it('asks nothing before somebody looks', () => {
    const client = createFakeClient();
    const { store } = createUpdates(client, createNotices());
    expect(store.getState()).toEqual({ view: null, pending: false });
    expect(client.asked).toEqual([]);
  });

  it('shows what main answers and what changes until it is stopped', async () => {
    const client = createFakeClient({ 'updates.view': () => idle });
    const updates = createUpdates(client, createNotices());
    const stop = updates.watch();
    await expect.poll(() => updates.store.getState()).toEqual({ view: idle, pending: false });
    client.emit('updates.changed', checking);
    expect(updates.store.getState().view).toEqual(checking);
    stop();
    client.emit('updates.changed', current);
    expect(updates.store.getState().view).toEqual(checking);
  });

  it('keeps a change that overtook the answer', async () => {
    const client = createFakeClient({ 'updates.view': () => idle });
    client.answer({
      'updates.act': () => {
        client.emit('updates.changed', checking);
        client.emit('updates.changed', current);
        return checking;
      },
    });
    const updates = createUpdates(client, createNotices());
    updates.watch();
    await expect.poll(() => updates.store.getState().pending).toBe(false);
    await updates.act('check');
    expect(updates.store.getState().view).toEqual(current);
  });

  it('tells why a feed was refused, and keeps the old view', async () => {
    const notices = createNotices();
    const client = createFakeClient({
      'updates.view': () => off,
      'updates.setFeed': () => {
        throw refusal({ message: 'This is not a valid URL.' });
      },
    });
    const updates = createUpdates(client, notices);
    updates.watch();
    await expect.poll(() => updates.store.getState().pending).toBe(false);
    expect(await updates.setFeed('nonsense')).toBe(false);
    expect(updates.store.getState().view).toEqual(off);
    expect(notices.take()).toMatchObject([
      { title: 'Could not save the update feed', text: 'This is not a valid URL.' },
    ]);
  });

  it('sends what was chosen, and shows what main makes of it', async () => {
    const client = createFakeClient({ 'updates.act': () => checking, 'updates.setFeed': () => current });
    const updates = createUpdates(client, createNotices());
    await updates.act('check');
    expect(updates.store.getState().view).toEqual(checking);
    expect(await updates.setFeed('https://x/')).toBe(true);
    expect(updates.store.getState().view).toEqual(current);
    expect(client.asked.map(({ argument }) => argument)).toEqual([
      { action: 'check' },
      { feed: 'https://x/' },
    ]);
  });

  it('tells what failed: reading where updating stands, and going on with it', async () => {
    const notices = createNotices();
    const updates = createUpdates(createFakeClient(), notices);
    updates.watch();
    await expect.poll(() => updates.store.getState().pending).toBe(false);
    await updates.act('check');
    expect(notices.take().map(({ title }) => title)).toEqual([
      'Could not load the update state',
      'Could not continue the update',
    ]);
  });

  it('sends one request at a time', async () => {
    const client = createFakeClient({ 'updates.act': () => checking });
    const updates = createUpdates(client, createNotices());
    const acting = [updates.act('check'), updates.act('check')];
    expect(updates.store.getState().pending).toBe(true);
    await Promise.all(acting);
    expect(client.asked).toHaveLength(1);
  });
});
