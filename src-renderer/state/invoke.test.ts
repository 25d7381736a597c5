import { describe, expect, it } from 'vitest';
import { createFakeClient, refusal } from '../client/fake-client.ts';
import { createInvoke, emptyDraft, payloadProblem } from './invoke.ts';

const draft = { action: 'start', payload: '{}', principal: 'ann' };

describe('a draft', () => {
  it('is kept for each capsule, and begins without action and payload for the default principal', () => {
    const invoke = createInvoke(createFakeClient(), Date.now, () => 'call');
    invoke.edit('a', draft);
    invoke.edit('b', { ...draft, action: 'stop' });
    expect([...invoke.store.getState().drafts]).toEqual([
      ['a', draft],
      ['b', { ...draft, action: 'stop' }],
    ]);
    expect(emptyDraft).toEqual({ action: '', payload: '', principal: 'default' });
  });
});

describe('a call that runs', () => {
  const hanging = () => createFakeClient({ 'capsule.invoke': () => new Promise(() => undefined) });

  it('is not sent twice', () => {
    const client = hanging();
    const invoke = createInvoke(
      client,
      () => 7,
      () => 'call',
    );
    void invoke.run('a', draft);
    void invoke.run('a', draft);
    void invoke.run('b', draft);
    expect(client.asked.map(({ argument }) => (argument as { id: string }).id)).toEqual(['a', 'b']);
    const running = { kind: 'running', call: 'call', action: 'start', since: 7 };
    expect([...invoke.store.getState().calls]).toEqual([
      ['a', running],
      ['b', running],
    ]);
  });

  it('is shown as failed when it cannot be cancelled', async () => {
    const client = hanging();
    client.answer({
      'invoke.cancel': () => {
        throw refusal({ message: 'No such call.' });
      },
    });
    const invoke = createInvoke(client, Date.now, () => 'call');
    void invoke.run('a', draft);
    await invoke.cancel('a');
    expect(invoke.store.getState().calls.get('a')).toMatchObject({
      kind: 'failed',
      action: 'start',
      failure: { message: 'No such call.' },
    });
  });

  it('stays when outcomes are dismissed, which takes away those of one capsule', async () => {
    const client = createFakeClient({
      'capsule.invoke': ({ id }: { id: string }) =>
        id === 'slow'
          ? new Promise(() => undefined)
          : { action: 'continue', data: null, refused: false, durationMs: 1 },
    });
    const invoke = createInvoke(client, Date.now, () => 'call');
    await invoke.run('a', draft);
    await invoke.run('b', draft);
    void invoke.run('slow', draft);
    invoke.dismiss('slow');
    invoke.dismiss('a');
    expect([...invoke.store.getState().calls.keys()]).toEqual(['b', 'slow']);
  });

  it('alone can be cancelled: nothing is asked where none runs', async () => {
    const client = createFakeClient({
      'capsule.invoke': () => ({ action: 'continue', data: null, refused: false, durationMs: 1 }),
    });
    const invoke = createInvoke(client, Date.now, () => 'call');
    await invoke.cancel('a');
    await invoke.run('a', draft);
    await invoke.cancel('a');
    expect(client.asked.map(({ name }) => name)).toEqual(['capsule.invoke']);
  });
});

describe('a payload', () => {
  it.each([
    [' \n', 16, null],
    ['"12345678901234"', 16, null],
    ['"é234567890123"', 16, null],
    ['"é2345678901234"', 16, 'Too large: the limit is 0.0000152587890625 MiB.'],
    [`"${'x'.repeat(2_097_151)}"`, 2_097_152, 'Too large: the limit is 2 MiB.'],
  ])('%j of at most %d bytes', (payload, most, problem) => {
    expect(payloadProblem(payload, most)).toBe(problem);
  });
});
