import { expect, it, vi } from 'vitest';
import { refusal } from '../client/fake-client.ts';
import { createNotices } from './notices.ts';

it('notices wait in order until they are taken, each once', () => {
  const notices = createNotices();
  notices.done('Installed', 'hello 1.0.0');
  notices.failed('Could not stop', refusal({ message: 'It has ended.', hint: 'Discard it.' }));
  expect(notices.take()).toEqual([
    { id: 1, kind: 'done', title: 'Installed', text: 'hello 1.0.0', hint: '' },
    { id: 2, kind: 'failure', title: 'Could not stop', text: 'It has ended.', hint: 'Discard it.' },
  ]);
  expect(notices.take()).toEqual([]);
  notices.done('Installed', 'hello 1.0.1');
  expect(notices.take().map(({ id }) => id)).toEqual([3]);
});

it('taking nothing tells nobody of a change', () => {
  const notices = createNotices();
  const heard = vi.fn<() => void>();
  notices.store.subscribe(heard);
  notices.take();
  expect(heard).not.toHaveBeenCalled();
});
