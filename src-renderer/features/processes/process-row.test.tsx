import { screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { fakeProcess, fakeStream } from '../../client/fake-views.ts';
import { NOW, show, type Shown } from '../../testing/show.tsx';
import { columnHeads } from './columns.ts';
import { ProcessRow, type ProcessRowProps } from './process-row.tsx';
import type { ProcessCommands } from './use-commands.ts';

const commands = {
  stop: vi.fn<ProcessCommands['stop']>(),
  cancelStop: vi.fn<ProcessCommands['cancelStop']>(),
  kill: vi.fn<ProcessCommands['kill']>(),
  signal: vi.fn<ProcessCommands['signal']>(),
  freeze: vi.fn<ProcessCommands['freeze']>(),
  release: vi.fn<ProcessCommands['release']>(),
};
const onOpen = vi.fn<ProcessRowProps['onOpen']>();
const onToggle = vi.fn<ProcessRowProps['onToggle']>();
const onMenu = vi.fn<ProcessRowProps['onMenu']>();

interface Row extends Shown {
  readonly row: ReturnType<typeof within>;
  readonly text: string;
}

function open(change: Partial<ProcessView> = {}, more: Partial<ProcessRowProps> = {}): Row {
  vi.clearAllMocks();
  const props = {
    commands,
    onOpen,
    onToggle,
    onMenu,
    index: 3,
    level: 2,
    top: 0,
    template: '',
    visible: columnHeads,
  };
  const flags = { gone: false, selected: false, active: false, logOpen: false, menuOpen: false };
  const shown = show((stores) => (
    <ProcessRow {...props} {...flags} {...more} stores={stores} view={fakeProcess('clock', change)} />
  ));
  const row = screen.getByRole('row');
  return { ...shown, row: within(row), text: row.textContent };
}

describe('the row of a process', () => {
  it.each<[string, Partial<ProcessView>, readonly (string | RegExp)[]]>([
    ['that runs', {}, ['Running', '4242', '1 m']],
    ['that was frozen', { frozen: true }, ['Frozen']],
    [
      'that failed',
      { phase: 'exited', exitedAt: 2_000, exit: { code: 3, signal: null, reason: 'self' } },
      ['exited 3'],
    ],
    [
      'that lost output',
      { stdout: fakeStream({ produced: 3_000, dropped: 2_000, retained: 1_000 }) },
      ['1.0 kB', '−2.0 kB'],
    ],
    ['that nobody reads', { blockedOnOutput: true }, ['blocked: output not read']],
    ['with the network', { sandbox: { kind: 'bubblewrap', network: true, workspace: '/w' } }, ['network']],
    ['with a hostile label', { label: 'a\u202Eb\u001B[2J' }, ['\\u{202e}']],
  ])('%s says so in words', (_what, change, words) => {
    const { text } = open(change);
    for (const word of words) {
      expect(text).toMatch(
        word instanceof RegExp ? word : new RegExp(word.replaceAll(/[\\{}[\]]/g, '\\$&'), 'i'),
      );
    }
    expect(text).not.toMatch(/[\u202E\p{Cc}]/u);
  });

  it('counts down to the KILL of a stop, which can be cancelled', async () => {
    const stop = {
      step: 'term',
      since: NOW - 1_000,
      graceMs: 5_000,
      killAt: NOW + 4_000,
      revocable: true,
    } as const;
    const { row, text, user, client } = open({ phase: 'stopping', stop });
    expect(text).toContain('TERM sent · KILL in 4 s');
    await user.click(row.getByRole('button', { name: 'Stop' }));
    expect(commands.stop).not.toHaveBeenCalled();
    await user.click(row.getByRole('button', { name: 'Cancel stop' }));
    expect(client.asked).toEqual([{ name: 'process.cancelStop', argument: { key: 'clock' } }]);
    expect(onOpen).not.toHaveBeenCalled();
  });

  it('gives its commands the process it was drawn for, and opens its log by a click beside them', async () => {
    const { row, user } = open();
    await user.click(row.getByRole('button', { name: 'Stop' }));
    expect(commands.stop).toHaveBeenCalledWith(['clock']);
    await user.click(row.getByRole('button', { name: 'Signal' }));
    expect(onMenu).toHaveBeenCalledWith('clock', true);
    await user.keyboard('{Shift>}');
    await user.click(row.getByRole('checkbox', { name: 'Select clock' }));
    await user.keyboard('{/Shift}');
    expect(onToggle).toHaveBeenCalledWith(3, 'clock', true);
    expect(onOpen).not.toHaveBeenCalled();
    await user.click(row.getByText('4242'));
    expect(onOpen).toHaveBeenCalledWith(3, 'clock');
  });

  it.each<[Partial<ProcessView>, Partial<ProcessRowProps>, string]>([
    [{ label: 'flaky', command: ['sh', '-c', 'exit 3'] }, {}, 'flaky, running'],
    [{ label: 'flaky\u202e', frozen: true }, {}, 'flaky\\u{202e}, frozen'],
    [
      { phase: 'exited', exitedAt: 2_000, exit: { code: 3, signal: null, reason: 'self' } },
      {},
      'clock, exited 3',
    ],
    [
      { phase: 'exited', exitedAt: 2_000, exit: { code: null, signal: 9, reason: 'pids-limit' } },
      {},
      'clock, exited at its process limit, 512',
    ],
    [{ phase: 'exited' }, { gone: true }, 'clock, discarded'],
  ])('is called by what it is and how it is: %j %j', (change, more, name) => {
    open({ label: 'clock', ...change }, more);
    expect(screen.getByRole('row')).toHaveAccessibleName(name);
  });

  it('names each signal with what it is for, and asks before a kill', async () => {
    const { user } = open({}, { menuOpen: true });
    const menu = within(screen.getByRole('menu'));
    await user.click(menu.getByRole('menuitem', { name: /SIGSTOP/ }));
    expect(commands.signal).toHaveBeenCalledWith(['clock'], 'stop');
    await user.click(menu.getByRole('menuitem', { name: 'SIGKILL…' }));
    expect(commands.kill).toHaveBeenCalledWith([expect.objectContaining({ key: 'clock' })]);
  });

  it('of one that ended offers to forget it', async () => {
    const { row, user } = open({
      phase: 'exited',
      exitedAt: 2_000,
      exit: { code: 0, signal: null, reason: 'self' },
    });
    await user.click(row.getByRole('button', { name: 'Discard' }));
    expect(commands.release).toHaveBeenCalledWith(['clock']);
    expect(row.queryByRole('button', { name: 'Stop' })).toBeNull();
  });

  it('of one that was discarded has no commands left', () => {
    const { row, text } = open({ phase: 'exited' }, { gone: true });
    expect(text).toContain('discarded');
    expect(row.queryAllByRole('button')).toEqual([]);
    expect(row.getByRole('checkbox')).toBeDisabled();
  });
});
