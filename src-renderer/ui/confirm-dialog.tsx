import { Button, Group, Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export interface ConfirmQuestion {
  readonly title: string;
  readonly text: ReactNode;
  /** On the button: "Kill", "Remove". */
  readonly label: string;
  readonly onConfirm: () => void;
}

/** Asks before something that cannot be undone. Escape and Cancel do nothing. */
export function ConfirmDialog({
  question,
  onClose,
}: {
  readonly question: ConfirmQuestion | null;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Modal opened={question !== null} onClose={onClose} title={question?.title} size="sm" centered>
      <Text size="sm" component="div">
        {question?.text}
      </Text>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          color="red.9"
          data-autofocus
          onClick={() => {
            question?.onConfirm();
            onClose();
          }}
        >
          {question?.label}
        </Button>
      </Group>
    </Modal>
  );
}
