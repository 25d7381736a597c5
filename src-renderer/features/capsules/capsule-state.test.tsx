import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { fakeSnapshot } from '../../client/fake-client.ts';
import { fakeAbout, fakeCapsule } from '../../client/fake-views.ts';
import { show } from '../../testing/show.tsx';
import { CapsulesPage } from './capsules-page.tsx';

const reason = 'Disabled: it was starting when Capsule Desktop ended unexpectedly.';
const held = {
  enabled: false,
  state: 'disabled',
  stateReason: reason,
  disabledAfterUnexpectedEnd: true,
} as const;

it('a capsule that the application disabled says why, in its row and on its page, and can be enabled', async () => {
  const shown = show((stores) => <CapsulesPage stores={stores} renderInvoke={() => null} />, {
    'state.snapshot': () =>
      fakeSnapshot({
        capsules: [
          fakeCapsule('bootloop', held),
          fakeCapsule('mine', { ...held, stateReason: 'Disabled.', disabledAfterUnexpectedEnd: false }),
        ],
      }),
    'capsule.setEnabled': () => fakeCapsule('bootloop'),
  });
  await act(() => shown.stores.machine.reload());
  const row = screen.getByRole('button', { name: /^bootloop/ });
  expect(row.querySelector('.tone-warn')).toHaveAttribute('title', reason);
  expect(screen.getByRole('button', { name: /^mine/ }).querySelector('.tone-warn')).toBeNull();
  expect(screen.getByRole('alert')).toHaveTextContent(reason);
  await shown.user.click(screen.getByRole('switch', { name: 'Enabled' }));
  expect(shown.client.asked.at(-1)).toEqual({
    name: 'capsule.setEnabled',
    argument: { id: 'bootloop', enabled: true },
  });
});

it('in safe mode an enabled capsule is not started, and nothing can be installed', async () => {
  const shown = show((stores) => <CapsulesPage stores={stores} renderInvoke={() => null} />, {
    'state.snapshot': () =>
      fakeSnapshot({
        about: { ...fakeAbout, safeMode: 'requested' },
        capsules: [fakeCapsule('loop', { state: 'not-started' })],
      }),
  });
  await act(() => shown.stores.machine.reload());
  expect(screen.getByRole('button', { name: /^loop/ })).toHaveTextContent('Not started');
  const install = screen.getByRole('button', { name: 'Install file…' });
  expect(install).toHaveAttribute('aria-disabled', 'true');
  expect(install).toHaveAttribute('title', 'Not available in safe mode.');
  await shown.user.click(install);
  expect(shown.client.asked.map(({ name }) => name)).toEqual(['state.snapshot']);
});
