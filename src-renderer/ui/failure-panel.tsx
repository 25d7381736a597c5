import { Button, Center, EmptyState } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Shown instead of a place that failed: what happened, what to do, and a retry button. */
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
