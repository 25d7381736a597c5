import { screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { show } from '../../testing/show.tsx';
import { FeedField } from './feed-field.tsx';

describe('the field for the feed of updates', () => {
  it('saves an address, by Enter as well, and no empty one', async () => {
    const onSave = vi.fn<(feed: string | null) => Promise<boolean>>(() => Promise.resolve(true));
    const { user } = show(() => <FeedField feed={null} disabled={false} onSave={onSave} />);
    const address = screen.getByRole('textbox', { name: 'Update feed address' });
    await user.type(address, '   {Enter}');
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    expect(onSave).not.toHaveBeenCalled();
    await user.type(address, 'https://example.org {Enter}');
    expect(onSave).toHaveBeenCalledWith('https://example.org');
  });

  it('shows where updates come from, and turns them off', async () => {
    const onSave = vi.fn<(feed: string | null) => Promise<boolean>>(() => Promise.resolve(true));
    const { user } = show(() => <FeedField feed="https://example.org" disabled={false} onSave={onSave} />);
    expect(screen.getByText('From https://example.org')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Turn off' }));
    expect(onSave).toHaveBeenCalledWith(null);
  });
});
