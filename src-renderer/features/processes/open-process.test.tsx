import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeSnapshot, refusal } from '../../client/fake-client.ts';
import { fakeProcess } from '../../client/fake-views.ts';
import { show, type Shown } from '../../testing/show.tsx';
import { OpenProcess } from './open-process.tsx';
import type { ProcessCommands } from './use-commands.ts';

/** What was copied. A page of jsdom has no clipboard: this one is the test's. */
const copied: string[] = [];
beforeEach(() => {
  copied.length = 0;
  const execCommand = (): boolean => {
    const setData = (_type: string, text: string): void => void copied.push(text);
    return document.dispatchEvent(Object.assign(new Event('copy'), { clipboardData: { setData } }));
  };
  Object.assign(document, { execCommand });
});
afterEach(() => void Reflect.deleteProperty(document, 'execCommand'));

const commands = {
  stop: vi.fn<() => void>(),
  kill: vi.fn<() => void>(),
  signal: vi.fn<() => void>(),
  release: vi.fn<() => void>(),
} as unknown as ProcessCommands;

function head(commandCut: boolean, answer: () => readonly string[] = () => []): Shown {
  const view = fakeProcess('a', { command: ['sh', '-c', 'x'], commandCut });
  const shown = show(
    (stores) => <OpenProcess stores={stores} commands={commands} focusList={() => undefined} />,
    { 'state.snapshot': () => fakeSnapshot({ processes: [view] }), 'process.command': answer },
  );
  shown.stores.view.setState({ openLog: 'a' });
  shown.stores.machine.start();
  return shown;
}

const whole = (): Promise<HTMLElement> => screen.findByRole('button', { name: 'Copy the whole command' });

it('says that a command goes on, and copies the whole of it as it would be shown', async () => {
  const { user, client } = head(true, () => ['sh', '-c', `x${'y'.repeat(5000)}\u001b]0;t\u0007`]);
  expect(await screen.findByText(/sh -c x…$/u)).toBeVisible();
  await user.click(await whole());
  expect(await screen.findByRole('button', { name: 'Copied' })).toBeVisible();
  expect(copied).toEqual([`sh -c x${'y'.repeat(5000)}\\x1b]0;t\\x07`]);
  expect(client.asked).toContainEqual({ name: 'process.command', argument: { key: 'a' } });
});

it('tells why a command cannot be had, and copies nothing', async () => {
  const { user, stores } = head(true, () => {
    throw refusal({ message: 'There is no such process.' });
  });
  await user.click(await whole());
  await waitFor(() =>
    expect(stores.notices.take()).toMatchObject([{ kind: 'failure', text: 'There is no such process.' }]),
  );
  expect(copied).toEqual([]);
});

it('asks for nothing where the view has the whole command', async () => {
  head(false);
  expect(await screen.findByText(/sh -c x$/u)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Copy the whole command' })).toBeNull();
});
