import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { fakeProcess } from '../../client/fake-views.ts';
import { show, type Shown } from '../../testing/show.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { killQuestion } from './kill-question.tsx';

const [onConfirm, onClose] = [vi.fn<() => void>(), vi.fn<() => void>()];

function ask(...views: readonly [ProcessView, ...ProcessView[]]): Shown {
  vi.clearAllMocks();
  return show(() => <ConfirmDialog question={killQuestion(views, onConfirm)} onClose={onClose} />);
}

describe('the question before a kill', () => {
  it('says which process is meant and what it costs', () => {
    ask(fakeProcess('clock'));
    const dialog = screen.getByRole('dialog', { name: 'Kill clock?' });
    expect(dialog).toHaveTextContent(/PID 4242 · .*sleep 60/);
    expect(dialog).toHaveTextContent('cannot save its work');
  });

  it('of many names five and counts the rest', () => {
    const [first, ...others] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => fakeProcess(key));
    ask(first ?? fakeProcess('a'), ...others);
    const dialog = screen.getByRole('dialog', { name: 'Kill 7 processes?' });
    expect(within(dialog).getAllByRole('listitem')).toHaveLength(6);
    expect(dialog).toHaveTextContent('and 2 more');
  });

  it('has the answer under the finger of who asked, and another way out by Escape', async () => {
    const { user } = ask(fakeProcess('clock'));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Kill' })).toHaveFocus());
    await user.keyboard('{Escape}');
    expect([onConfirm.mock.calls.length, onClose.mock.calls.length]).toEqual([0, 1]);
    await user.click(screen.getByRole('button', { name: 'Kill' }));
    expect([onConfirm.mock.calls.length, onClose.mock.calls.length]).toEqual([1, 2]);
  });
});
