import { Button, Center, EmptyState } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** A place that cannot be shown: what happened, what to do, and a way to try again. */
export function FailurePanel(props: {
  readonly message: string;
  readonly hint: string;
  readonly onRetry: (() => void) | null;
}): ReactNode {
  const { message, hint, onRetry } = props;
  return (
    <Center h="100%" p="xl" role="alert">
      <EmptyState
        icon={<IconPlugConnectedX size={36} stroke={1.4} />}
        title={message}
        description={hint}
        maw={460}
      >
        {onRetry === null ? null : (
          <EmptyState.Actions>
            <Button onClick={onRetry}>Try again</Button>
          </EmptyState.Actions>
        )}
      </EmptyState>
    </Center>
  );
}
