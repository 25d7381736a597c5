import { Group, Kbd, Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { keyHelp } from './keys.ts';

/** The keys of the process list and the log. */
export function HelpDialog({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="md" centered>
      <dl className="key-help">
        {keyHelp.map(({ keys, does }) => (
          <div key={`${keys.join('+')}:${does}`}>
            <Group component="dt" gap={4} wrap="nowrap">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
            <Text component="dd" size="sm">
              {does}
            </Text>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
