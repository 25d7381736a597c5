import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { CapabilityView, InstallPlan } from '../../../src-main/contract/views.ts';
import type { InstallStep } from '../../../src-main/contract/kernel.ts';
import { fakeSnapshot, refusal } from '../../client/fake-client.ts';
import { fakeAbout, fakeCapsule, fakePlan } from '../../client/fake-views.ts';
import { show, type Shown } from '../../testing/show.tsx';
import { InstallDialog } from './install-dialog.tsx';

const capability = (name: string, risk: CapabilityView['risk']): CapabilityView => ({
  name,
  values: [],
  places: [],
  risk,
  sentence: `May use ${name}.`,
  granted: false,
});
const capabilities = [capability('log', 'low'), capability('spawn', 'high'), capability('kv', 'medium')];

interface Page extends Shown {
  readonly dialog: ReturnType<typeof within>;
  readonly onInstalled: (id: string) => void;
}

async function open(plans: readonly InstallPlan[], answers: Parameters<typeof show>[1] = {}): Promise<Page> {
  const onInstalled = vi.fn<(id: string) => void>();
  const shown = show((stores) => <InstallDialog stores={stores} onInstalled={onInstalled} />, {
    'install.cancel': () => null,
    ...answers,
  });
  shown.stores.install.start();
  act(() => plans.forEach((plan) => shown.client.emit('install.requested', plan)));
  return { ...shown, onInstalled, dialog: within(await screen.findByRole('dialog')) };
}

const selected = ({ dialog }: Page): readonly string[] =>
  dialog
    .getAllByRole('checkbox', { checked: true })
    .map((box: HTMLElement) => box.getAttribute('aria-label') ?? '');

describe('the install page', () => {
  it('lists the riskiest capability first and selects all others', async () => {
    const page = await open([fakePlan('t', { capabilities })]);
    expect(screen.getByRole('dialog')).toHaveAccessibleName('Install supervisor 0.2.0?');
    expect(
      page.dialog.getAllByRole('checkbox').map((box: HTMLElement) => box.getAttribute('aria-label')),
    ).toEqual(['Grant spawn', 'Grant kv', 'Grant log']);
    expect(selected(page)).toEqual(['Grant kv', 'Grant log']);
    expect(page.dialog.getByRole('status')).toHaveTextContent('None of its code has run.');
  });

  it('installs nothing in safe mode, and says so', async () => {
    const page = await open([fakePlan('t')], {
      'state.snapshot': () => fakeSnapshot({ about: { ...fakeAbout, safeMode: 'requested' } }),
    });
    await act(() => page.stores.machine.reload());
    expect(page.dialog.getByRole('status')).toHaveTextContent('Capsules cannot be installed in safe mode.');
    await page.user.click(page.dialog.getByRole('button', { name: 'Install' }));
    expect(page.client.asked.map(({ name }) => name)).toEqual(['state.snapshot']);
    await page.user.click(page.dialog.getByRole('button', { name: 'Cancel' }));
    expect(page.client.asked.at(-1)).toEqual({ name: 'install.cancel', argument: { token: 't' } });
  });

  it('installs with what is selected, and says so to who opened it', async () => {
    const page = await open([fakePlan('t', { capabilities })], {
      'install.confirm': () => fakeCapsule('supervisor'),
    });
    await page.user.click(page.dialog.getByRole('button', { name: 'Grant none' }));
    await page.user.click(page.dialog.getByRole('checkbox', { name: 'Grant spawn' }));
    await page.user.click(page.dialog.getByRole('button', { name: 'Install' }));
    expect(page.client.asked).toEqual([
      { name: 'install.confirm', argument: { token: 't', grants: ['spawn'] } },
    ]);
    expect(page.onInstalled).toHaveBeenCalledWith('supervisor');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('gives an Enter that was meant for something else to Cancel', async () => {
    const page = await open([fakePlan('t', { capabilities })]);
    await waitFor(() => expect(page.dialog.getByRole('button', { name: 'Cancel' })).toHaveFocus());
    await page.user.keyboard('{Enter}');
    expect(page.client.asked).toEqual([{ name: 'install.cancel', argument: { token: 't' } }]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('stays when it fails, and says why; while it installs, another Install does nothing', async () => {
    let fail = (): void => undefined;
    const page = await open([fakePlan('t')], {
      'install.confirm': () =>
        new Promise((_resolve, reject) => {
          fail = () => reject(refusal({ message: 'The hook failed.', hint: 'Read its log.' }));
        }),
    });
    const install = page.dialog.getByRole('button', { name: 'Install' });
    await page.user.click(install);
    expect(page.dialog.getByRole('status')).toHaveTextContent('Installing…');
    await page.user.click(install);
    expect(page.client.asked.map(({ name }) => name)).toEqual(['install.confirm']);
    act(fail);
    expect(await page.dialog.findByRole('alert')).toHaveTextContent(
      'Not installed. The hook failed. Read its log.',
    );
    expect(page.onInstalled).not.toHaveBeenCalled();
  });

  it('shows each step of its own installation, cancels it, and goes when that is undone', async () => {
    let undone = (): void => undefined;
    const page = await open([fakePlan('t')], {
      'install.confirm': () =>
        new Promise((_resolve, reject) => {
          undone = () => reject(refusal({ code: 'install-cancelled' }));
        }),
    });
    const status = page.dialog.getByRole('status');
    const stepOf = (token: string, step: InstallStep): void =>
      act(() => page.client.emit('install.step', { token, step }));
    await page.user.click(page.dialog.getByRole('button', { name: 'Install' }));
    stepOf('t', 'running-hook');
    expect(status).toHaveTextContent('Running its install hook…');
    stepOf('another', 'waiting');
    expect(status).toHaveTextContent('Running its install hook…');
    const cancel = page.dialog.getByRole('button', { name: 'Cancel' });
    await page.user.click(cancel);
    await page.user.click(cancel);
    expect(status).toHaveTextContent('Cancelling…');
    expect(page.client.asked.map(({ name }) => name)).toEqual(['install.confirm', 'install.cancel']);
    act(undone);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(page.stores.notices.take()).toMatchObject([{ kind: 'done', title: 'Install cancelled' }]);
    expect(page.onInstalled).not.toHaveBeenCalled();
  });

  it('goes on installing when that cannot be cancelled, and says so', async () => {
    const page = await open([fakePlan('t')], {
      'install.confirm': () => new Promise(() => undefined),
      'install.cancel': () => Promise.reject(refusal({ message: 'It is ending.' })),
    });
    await page.user.click(page.dialog.getByRole('button', { name: 'Install' }));
    await page.user.click(page.dialog.getByRole('button', { name: 'Cancel' }));
    expect(page.dialog.getByRole('status')).toHaveTextContent('Installing…');
    expect(page.stores.notices.take()).toMatchObject([{ text: 'It is ending.' }]);
  });

  it('says what else could not be opened, until it is dismissed', async () => {
    const page = await open([fakePlan('t')]);
    const refused = (source: string): void =>
      page.client.emit('install.refused', {
        source,
        failure: { code: 'x', message: `No ${source}.`, hint: '' },
      });
    act(() => ['/a/one.capsule', '/a/two.capsule'].forEach(refused));
    expect(page.dialog.getByRole('alert')).toHaveTextContent('2 others could not be opened:');
    await page.user.click(page.dialog.getByRole('button', { name: 'Dismiss' }));
    expect(page.dialog.queryByRole('alert')).toBeNull();
    // Not on a button, which a key held too long would press.
    expect(page.dialog.getByRole('region')).toHaveFocus();
  });

  it('gives the focus to Cancel of each plan, and at the end back where it was', async () => {
    const elsewhere = document.body.appendChild(document.createElement('button'));
    elsewhere.focus();
    const page = await open([fakePlan('t'), fakePlan('u', { id: 'runner' })], {
      'install.confirm': () => fakeCapsule('supervisor'),
    });
    const cancel = page.dialog.getByRole('button', { name: 'Cancel' });
    await waitFor(() => expect(cancel).toHaveFocus());
    await page.user.tab();
    await page.user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('dialog')).toHaveAccessibleName('Install runner 0.2.0?'));
    expect(cancel).toHaveFocus();
    await page.user.keyboard('{Enter}');
    await waitFor(() => expect(elsewhere).toHaveFocus());
    elsewhere.remove();
  });

  it('shows several one after the other', async () => {
    const page = await open([fakePlan('t'), fakePlan('u', { id: 'runner', replaces: '0.1.0' })]);
    expect(page.dialog.getByRole('status')).toHaveTextContent('1 more to review.');
    await page.user.click(page.dialog.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByRole('dialog')).toHaveAccessibleName('Install runner 0.2.0?');
    expect(page.dialog.getByRole('button', { name: 'Replace' })).toBeVisible();
    expect(page.dialog.getByRole('status')).not.toHaveTextContent('more to review');
  });

  it('says with which installed capsules it would share folders, and who may change them', async () => {
    const sentence = 'If granted, it can change what backup reads: /data/photos.';
    const overlaps = [{ capsule: 'backup', folders: ['/data/photos'], sentence }];
    const page = await open([fakePlan('t', { overlaps }), fakePlan('u')]);
    expect(page.dialog.getByText(sentence)).toBeVisible();
    await page.user.click(page.dialog.getByRole('button', { name: 'Cancel' }));
    expect(page.dialog.queryByText(sentence)).toBeNull();
  });

  it('lets no control character of the capsule pass for text of the window', async () => {
    await open([fakePlan('t', { description: 'safe\u202Eefas', warnings: ['a\u001Bb'] })]);
    expect(screen.getByRole('dialog').textContent).not.toMatch(/[\u202E\p{Cc}]/u);
  });
});
