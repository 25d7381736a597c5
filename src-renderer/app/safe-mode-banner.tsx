import { Alert, Button, Group, Text } from '@mantine/core';
import { IconLifebuoy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { SafeModeReason } from '../../src-main/contract/views.ts';
import type { Stores } from '../state/stores.ts';

const REASONS: Readonly<Record<SafeModeReason, string>> = {
  'unexpected-ends': 'The application ended unexpectedly twice within a minute of starting.',
  requested: 'The application was started with --safe-mode.',
};

/** Why nothing runs, what can be done about it, and the way out. Stays as long as safe mode does. */
export function SafeModeBanner({ stores }: { readonly stores: Stores }): ReactNode {
  const reason = useStore(stores.machine.store, ({ about }) => about?.safeMode ?? null);
  const restarting = useStore(stores.actions.store, ({ pending }) => pending.has('restartNormally'));
  return reason === null ? null : (
    <Alert
      color="gray"
      p="xs"
      className="banner"
      role="region"
      icon={<IconLifebuoy size={18} />}
      title="Safe mode: no capsule is started"
    >
      <Group gap="md" wrap="nowrap" justify="space-between">
        <Text size="sm" className="safe-mode-words">
          {REASONS[reason]} Disable or remove the capsule that causes the problem, then restart. Until then
          capsules cannot be installed, enabled or invoked.
        </Text>
        <Button
          size="compact-sm"
          className="safe-mode-button"
          data-disabled={restarting}
          aria-disabled={restarting}
          onClick={() => void stores.actions.restartNormally()}
        >
          Restart normally
        </Button>
      </Group>
    </Alert>
  );
}
