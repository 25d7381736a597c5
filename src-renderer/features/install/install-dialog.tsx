import { Alert, Anchor, Badge, Button, DataList, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { InstallPlan } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { bytesInWords, plural } from '../../lib/words.ts';
import type { Stores } from '../../state/stores.ts';
import { CapabilityList } from '../../ui/capability-list.tsx';
import { HashText } from '../../ui/hash-text.tsx';
import { ImportList } from '../../ui/import-list.tsx';

/** The page before any code runs: what it is, what it asks, and what of it is allowed. */
export function InstallDialog({
  stores,
  onInstalled,
}: {
  readonly stores: Stores;
  readonly onInstalled: (id: string) => void;
}): ReactNode {
  const { install } = stores;
  const { plans, granted, busy } = useStore(install.store);
  const [plan] = plans;
  const confirm = async (): Promise<void> => {
    const id = await install.confirm();
    if (id !== null) {
      onInstalled(id);
    }
  };
  return (
    <Modal
      opened={plan !== undefined}
      onClose={() => void install.cancel()}
      title={plan === undefined ? '' : `Install ${escapeName(plan.id)} ${escapeName(plan.version)}?`}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Cancel install' }}
      classNames={{ body: 'install-body', content: 'install-content' }}
    >
      {plan === undefined ? null : (
        <>
          <div
            className="install-scroll"
            tabIndex={0}
            role="region"
            aria-label="What it is and what it asks for"
          >
            <Facts plan={plan} />
            <Asked plan={plan} granted={granted} onGrant={install.grant} />
          </div>
          <Group justify="flex-end" gap="xs" className="install-foot">
            <Text size="sm" c="dimmed" mr="auto">
              Nothing of it has run.
              {plans.length > 1 ? ` ${plural(plans.length - 1, 'more', 'more')} to look at.` : ''}
            </Text>
            {/* It may come up by itself, while somebody types: an Enter meant for something else installs nothing. */}
            <Button
              variant="default"
              data-autofocus
              disabled={busy === 'installing'}
              onClick={() => void install.cancel()}
            >
              Cancel
            </Button>
            <Button loading={busy === 'installing'} onClick={() => void confirm()}>
              {plan.replaces === null ? 'Install' : 'Replace'}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}

function Facts({ plan }: { readonly plan: InstallPlan }): ReactNode {
  return (
    <Stack gap="sm">
      {plan.description === '' ? null : <Text size="sm">{escapeName(plan.description)}</Text>}
      {plan.replaces === null ? null : (
        <Group gap={6}>
          <Badge variant="light">replaces {escapeName(plan.replaces)}</Badge>
          <Text size="sm" c="dimmed">
            Its processes are stopped; Cancel keeps the old version.
          </Text>
        </Group>
      )}
      {plan.warnings.map((warning) => (
        <Alert key={warning} color="yellow" icon={<IconAlertTriangle size={16} />} p="xs">
          {escapeName(warning)}
        </Alert>
      ))}
      <DataList size="sm" gap={6} labelWidth="90px">
        <DataList.Item>
          <DataList.ItemLabel>From</DataList.ItemLabel>
          <DataList.ItemValue className="break">
            {escapeName(plan.source)} ({plan.kind})
          </DataList.ItemValue>
        </DataList.Item>
        <DataList.Item>
          <DataList.ItemLabel>Hash</DataList.ItemLabel>
          <DataList.ItemValue>
            <HashText hash={plan.hash} />
          </DataList.ItemValue>
        </DataList.Item>
        <DataList.Item>
          <DataList.ItemLabel>Size</DataList.ItemLabel>
          <DataList.ItemValue>{bytesInWords(plan.size)}</DataList.ItemValue>
        </DataList.Item>
        <DataList.Item>
          <DataList.ItemLabel>Answers</DataList.ItemLabel>
          <DataList.ItemValue className="break">{plan.exports.join(', ') || 'nothing'}</DataList.ItemValue>
        </DataList.Item>
      </DataList>
    </Stack>
  );
}

function Asked(props: {
  readonly plan: InstallPlan;
  readonly granted: ReadonlySet<string>;
  readonly onGrant: (name: string, granted: boolean) => void;
}): ReactNode {
  const { plan, granted, onGrant } = props;
  const setAll = (isGranted: boolean): void => {
    for (const { name } of plan.capabilities) {
      onGrant(name, isGranted);
    }
  };
  return (
    <>
      <Group justify="space-between" mt="md" mb={4}>
        <Title order={3} size="h5">
          Asks for {plan.capabilities.length === 0 ? 'nothing' : plural(plan.capabilities.length, 'right')}
        </Title>
        {plan.capabilities.length === 0 ? null : (
          <Group gap="sm">
            <Anchor component="button" type="button" size="sm" onClick={() => setAll(true)}>
              Allow all
            </Anchor>
            <Anchor component="button" type="button" size="sm" onClick={() => setAll(false)}>
              Allow none
            </Anchor>
          </Group>
        )}
      </Group>
      <CapabilityList capabilities={plan.capabilities} granted={granted} onGrant={onGrant} />
      <Title order={3} size="h5" mt="md" mb={4}>
        Uses these host interfaces
      </Title>
      <ImportList names={plan.imports} none="None." />
    </>
  );
}
