import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fakeSnapshot, refusal } from '../client/fake-client.ts';
import { fakeAbout } from '../client/fake-views.ts';
import { show, type Shown } from '../testing/show.tsx';
import type { SafeModeReason } from '../../src-main/contract/views.ts';
import { SafeModeBanner } from './safe-mode-banner.tsx';

async function inSession(
  safeMode: SafeModeReason | null,
  answers: Parameters<typeof show>[1] = {},
): Promise<Shown> {
  const shown = show((stores) => <SafeModeBanner stores={stores} />, {
    'state.snapshot': () => fakeSnapshot({ about: { ...fakeAbout, safeMode } }),
    ...answers,
  });
  await act(() => shown.stores.machine.reload());
  return shown;
}

describe('the banner of safe mode', () => {
  it('is not there in an ordinary session', async () => {
    await inSession(null);
    expect(screen.queryByRole('region')).toBeNull();
  });

  it.each([
    ['unexpected-ends', 'The application ended unexpectedly twice within a minute of starting.'],
    ['requested', 'The application was started with --safe-mode.'],
  ] as const)('says why (%s), what it means and what to do', async (reason, words) => {
    await inSession(reason);
    const banner = screen.getByRole('region', { name: 'Safe mode: no capsule is started' });
    expect(banner).toHaveTextContent(words);
    expect(banner).toHaveTextContent('Disable or remove the capsule that causes the problem, then restart.');
  });

  it('restarts by keyboard, and a refusal is told', async () => {
    const { user, client, stores } = await inSession('requested', {
      'app.restartNormally': () => Promise.reject(refusal({ message: 'Not now.' })),
    });
    await user.tab();
    expect(screen.getByRole('button', { name: 'Restart normally' })).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(client.asked.at(-1)).toEqual({ name: 'app.restartNormally', argument: null });
    expect(stores.notices.take()).toMatchObject([{ title: 'Could not restart', text: 'Not now.' }]);
  });
});
