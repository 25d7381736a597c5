import { Button, Group, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';

/** The address of the update feed: an input when there is none, otherwise the address with a button to turn it off. */
export function FeedField(props: {
  readonly feed: string | null;
  readonly disabled: boolean;
  readonly onSave: (feed: string | null) => Promise<boolean>;
}): ReactNode {
  const { feed, disabled, onSave } = props;
  const [address, setAddress] = useState('');
  if (feed !== null) {
    return (
      <Group gap="sm" wrap="nowrap" className="updates-step">
        <Text size="xs" c="dimmed" className="updates-words break">
          From {feed}
        </Text>
        <Button variant="subtle" size="compact-xs" disabled={disabled} onClick={() => void onSave(null)}>
          Turn off
        </Button>
      </Group>
    );
  }
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (address.trim() !== '') {
      void onSave(address.trim());
    }
  };
  return (
    <form onSubmit={save}>
      <Text size="sm">Updates are off. Enter the address of an update feed to turn them on.</Text>
      <Group gap="xs" mt={6} wrap="nowrap">
        <TextInput
          className="updates-words"
          aria-label="Update feed address"
          placeholder="https://"
          inputMode="url"
          autoComplete="off"
          maxLength={2_000}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={disabled || address.trim() === ''}>
          Save
        </Button>
      </Group>
    </form>
  );
}
