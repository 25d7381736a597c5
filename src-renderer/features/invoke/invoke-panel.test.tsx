import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../client/fake-client.ts';
import { fakeCapsule } from '../../client/fake-views.ts';
import { show, type Shown } from '../../testing/show.tsx';
import { InvokePanel } from './invoke-panel.tsx';

const open = (
  answers: Parameters<typeof show>[1] = {},
  change: Parameters<typeof fakeCapsule>[1] = {},
): Shown =>
  show((stores) => <InvokePanel stores={stores} capsule={fakeCapsule('supervisor', change)} />, answers);

const field = (name: string): HTMLElement => screen.getByLabelText(name, { selector: 'input, textarea' });
const button = (name: string): HTMLElement => screen.getByRole('button', { name });
const answered = { action: 'continue', data: '{"pong":true}', refused: false, durationMs: 12 };

describe('the form of a call', () => {
  it.each([
    ['As principal', 'bob smith', 'Use 1 to 64 letters, digits, "-" or "_".'],
    ['Payload (JSON, optional)', '[[1', 'Invalid JSON'],
    ['Action', '{Backspace}', 'Enter an action.'],
  ])('says beside "%s" what is wrong with it, and calls nothing', async (name, typed, says) => {
    const { user, client } = open();
    await user.type(field('Action'), name === 'Action' ? ' ' : 'start');
    await user.clear(field(name));
    await user.type(field(name), typed);
    await user.click(button('Invoke'));
    expect(field(name)).toHaveAccessibleDescription(expect.stringContaining(says));
    expect(client.asked).toEqual([]);
  });

  it('calls as the default principal and shows the answer as JSON for a person', async () => {
    const { user, client } = open({ 'capsule.invoke': () => answered });
    await user.type(field('Action'), 'ping{Enter}');
    expect(client.asked).toEqual([
      {
        name: 'capsule.invoke',
        argument: { id: 'supervisor', action: 'ping', payload: '', principal: 'default', call: 'call-1' },
      },
    ]);
    const result = await screen.findByRole('status', { name: 'Result' });
    expect(result).toHaveTextContent('Succeeded');
    expect(result).toHaveTextContent('"pong": true');
  });

  it('leaves no earlier answer below what it refuses to call', async () => {
    const { user, client } = open({ 'capsule.invoke': () => answered });
    await user.type(field('Action'), 'ping{Enter}');
    await screen.findByRole('status', { name: 'Result' });
    await user.type(field('Payload (JSON, optional)'), '[[1');
    await user.click(button('Invoke'));
    expect(screen.queryByRole('status', { name: 'Result' })).toBeNull();
    expect(client.asked).toHaveLength(1);
  });

  it('tells a refusal of the capsule from a failure', async () => {
    const { user, client } = open({
      'capsule.invoke': () => ({ ...answered, action: 'deny', refused: true, data: 'capability-denied' }),
    });
    await user.type(field('Action'), 'start{Enter}');
    expect(await screen.findByRole('status', { name: 'Result' })).toHaveTextContent('Refused by the capsule');
    client.answer({
      'capsule.invoke': () => {
        throw refusal({ message: 'It trapped.', hint: 'Try again.' });
      },
    });
    await user.click(button('Invoke'));
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('start failed');
    expect(alert).toHaveTextContent('It trapped.');
  });

  it('runs one call at a time, which can be cancelled; the focus stays where the next one is made', async () => {
    let end = (): void => undefined;
    const { user, client } = open({
      'capsule.invoke': () =>
        new Promise((_resolve, reject) => {
          end = () => reject(refusal({ code: 'invocation-cancelled', hint: 'It may have done a part.' }));
        }),
      'invoke.cancel': () => null,
    });
    await user.type(field('Action'), 'spin');
    await user.click(button('Invoke'));
    expect(button('Invoke')).toHaveAttribute('aria-disabled', 'true');
    await user.click(button('Invoke'));
    await user.click(button('Cancel call'));
    expect(client.asked.map(({ name }) => name)).toEqual(['capsule.invoke', 'invoke.cancel']);
    act(end);
    expect(await screen.findByText('spin was cancelled')).toBeVisible();
    expect(screen.queryByText('spin failed')).toBeNull();
    expect(button('Invoke')).toHaveFocus();
  });

  it('asks for the name of an action where the manifest lists none, and calls it', async () => {
    const { user, client } = open({ 'capsule.invoke': () => answered }, { actions: [] });
    expect(field('Action')).toHaveAccessibleDescription(expect.stringContaining('Type the name of one'));
    await user.type(field('Action'), 'greet{Enter}');
    expect(client.asked[0]?.argument).toMatchObject({ action: 'greet' });
  });

  it('of a capsule that is switched off calls nothing', async () => {
    const { user, client } = open({}, { enabled: false });
    await user.type(field('Action'), 'ping{Enter}');
    expect(screen.getByText('Enable the capsule to invoke it.')).toBeVisible();
    expect(client.asked).toEqual([]);
  });
});
