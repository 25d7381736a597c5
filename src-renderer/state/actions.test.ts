import { describe, expect, it } from 'vitest';
import type { Failure, RequestName } from '../../src-main/contract/requests.ts';
import { createFakeClient, refusal } from '../client/fake-client.ts';
import { fakeCapsule } from '../client/fake-views.ts';
import { createActions, type Actions } from './actions.ts';
import { createNotices } from './notices.ts';

type Act = (actions: Actions) => Promise<unknown>;

/** What each action sends, under which name it is pending, and what a failure of it is called. */
const TABLE: readonly [string, RequestName, object | null, string, Act][] = [
  [
    'stop:a',
    'process.stop',
    { key: 'a', graceMs: 5_000 },
    'Could not stop the process',
    ({ stop }) => stop('a'),
  ],
  [
    'cancelStop:a',
    'process.cancelStop',
    { key: 'a' },
    'Could not cancel the stop',
    ({ cancelStop }) => cancelStop('a'),
  ],
  ['kill:a', 'process.kill', { key: 'a' }, 'Could not kill the process', ({ kill }) => kill('a')],
  [
    'signal:a',
    'process.signal',
    { key: 'a', signal: 'hup' },
    'Could not send SIGHUP',
    ({ signal }) => signal('a', 'hup'),
  ],
  [
    'release:a',
    'process.release',
    { key: 'a' },
    'Could not discard the process',
    ({ release }) => release('a'),
  ],
  [
    'setEnabled:c',
    'capsule.setEnabled',
    { id: 'c', enabled: true },
    'Could not enable c',
    ({ setEnabled }) => setEnabled('c', true),
  ],
  [
    'setEnabled:c',
    'capsule.setEnabled',
    { id: 'c', enabled: false },
    'Could not disable c',
    ({ setEnabled }) => setEnabled('c', false),
  ],
  ['remove:c', 'capsule.remove', { id: 'c' }, 'Could not remove c', ({ remove }) => remove('c')],
  [
    'restartNormally',
    'app.restartNormally',
    null,
    'Could not restart',
    ({ restartNormally }) => restartNormally(),
  ],
];

describe('an action', () => {
  it.each(TABLE)('%s sends %s %j, and %j when that fails', async (name, request, argument, title, act) => {
    const client = createFakeClient({
      'process.stop': () => null,
      'process.cancelStop': () => null,
      'process.kill': () => null,
      'process.signal': () => null,
      'process.release': () => null,
      'capsule.setEnabled': ({ id }) => fakeCapsule(id),
      'capsule.remove': () => null,
      'app.restartNormally': () => null,
    });
    const notices = createNotices();
    const actions = createActions(client, notices);
    const acting = act(actions);
    expect(actions.store.getState().pending).toEqual(new Set([name]));
    await acting;
    expect(client.asked).toEqual([{ name: request, argument }]);
    expect(actions.store.getState().pending).toEqual(new Set());
    expect(notices.take()).toEqual([]);

    const failure: Failure = { code: 'gone', message: 'It is gone.', hint: 'Reload.' };
    client.answer({
      [request]: () => {
        throw refusal(failure);
      },
    });
    await act(actions);
    expect(notices.take()).toMatchObject([{ kind: 'failure', title, text: 'It is gone.', hint: 'Reload.' }]);
    expect(actions.store.getState().pending).toEqual(new Set());
  });

  it('is sent for one while it is under way for another, and ends alone', async () => {
    const give = new Map<string, () => void>();
    const client = createFakeClient({
      'process.kill': ({ key }) => new Promise((resolve) => give.set(key, () => resolve(null))),
    });
    const { kill, store } = createActions(client, createNotices());
    const [first] = [kill('a'), kill('b')];
    give.get('a')?.();
    await first;
    expect(store.getState().pending).toEqual(new Set(['kill:b']));
  });
});

describe('the command of a process', () => {
  it('is read by its key', async () => {
    const client = createFakeClient({ 'process.command': () => ['sleep', '5'] });
    const { readCommand } = createActions(client, createNotices());
    await expect(readCommand('a')).resolves.toEqual(['sleep', '5']);
    expect(client.asked).toEqual([{ name: 'process.command', argument: { key: 'a' } }]);
  });

  it('is null when it cannot be read, which is told', async () => {
    const notices = createNotices();
    const { readCommand } = createActions(createFakeClient(), notices);
    await expect(readCommand('a')).resolves.toBeNull();
    expect(notices.take()).toMatchObject([{ title: 'Could not read the command' }]);
  });
});
