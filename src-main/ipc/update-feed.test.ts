import { describe, expect, it } from 'vitest';
import { Emitter } from '../base/emitter.ts';
import type { UpdateView } from '../contract/updates.ts';
import { fakeUpdates, fakeWindow } from './testing.ts';
import { UpdateFeed } from './update-feed.ts';

const checking: UpdateView = { feed: 'https://x/', step: { state: 'checking' } };

describe('the feed of updates', () => {
  it('tells a window that asked, once, until it is gone', async () => {
    const changes = new Emitter<UpdateView>();
    const feed = new UpdateFeed(fakeUpdates(changes));
    const [asked, other] = [fakeWindow(1), fakeWindow(2)];
    expect((await feed.view(asked)).step.state).toBe('off');
    await feed.view(asked);
    changes.fire(checking);
    expect(asked.sent).toEqual([{ name: 'updates.changed', value: checking }]);
    expect(other.sent).toEqual([]);
    asked.close();
    changes.fire(checking);
    expect(asked.sent).toHaveLength(1);
    expect(asked.watchers()).toBe(0);
  });

  it('tells nobody after its end', async () => {
    const changes = new Emitter<UpdateView>();
    const feed = new UpdateFeed(fakeUpdates(changes));
    const window = fakeWindow(1);
    await feed.view(window);
    feed.dispose();
    changes.fire(checking);
    expect(window.sent).toEqual([]);
  });
});
