import { Alert, Button, DataList, Group, Paper, SimpleGrid, Switch, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { CapsuleView, InstanceView } from '../../../src-main/contract/views.ts';
import { calledExports } from '../../lib/called-exports.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { formatAge, formatBytes, clockTime, plural } from '../../lib/format.ts';
import type { Stores } from '../../state/stores.ts';
import { CapabilityList } from '../../ui/capability-list.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { ConfirmQuestion } from '../../ui/confirm-dialog.tsx';
import { HashText } from '../../ui/hash-text.tsx';
import { ImportList } from '../../ui/import-list.tsx';
import { CapsuleStateMark } from './capsule-state.tsx';
import { LastCall } from './last-call.tsx';

/** Everything about one capsule, and what can be done with it. */
export function CapsuleDetail(props: {
  readonly stores: Stores;
  readonly capsule: CapsuleView;
  readonly invoke: ReactNode;
}): ReactNode {
  const { stores, capsule, invoke } = props;
  return (
    <div className="capsule-sheet">
      <Head stores={stores} capsule={capsule} />
      {capsule.stateReason === '' ? null : (
        <Alert
          color={capsule.state === 'failed' ? 'red' : capsule.disabledAfterUnexpectedEnd ? 'yellow' : 'gray'}
          p="xs"
          icon={<IconAlertTriangle size={16} />}
        >
          {escapeName(capsule.stateReason)}
        </Alert>
      )}
      {capsule.warnings.map((warning) => (
        <Alert key={warning} color="yellow" p="xs" icon={<IconAlertTriangle size={16} />}>
          {escapeName(warning)}
        </Alert>
      ))}
      <LastCall call={capsule.lastCall} />
      <Block title="Invoke action">{invoke}</Block>
      <Block title="Capabilities">
        <CapabilityList capabilities={capsule.capabilities} />
      </Block>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Block title="About">
          <Facts capsule={capsule} stores={stores} />
        </Block>
        <Block title={`Instances (${capsule.instances.length})`}>
          <Instances instances={capsule.instances} stores={stores} />
        </Block>
      </SimpleGrid>
      <Block title="Host interfaces it uses">
        <ImportList names={capsule.imports} none="None." />
      </Block>
    </div>
  );
}

function Head({ stores, capsule }: { readonly stores: Stores; readonly capsule: CapsuleView }): ReactNode {
  const { actions, machine } = stores;
  const [question, setQuestion] = useState<ConfirmQuestion | null>(null);
  const pending = useStore(actions.store, (state) => state.pending);
  const switching = pending.has(`setEnabled:${capsule.id}`);
  const removing = pending.has(`remove:${capsule.id}`);
  const live = useStore(
    machine.store,
    (state) =>
      [...state.processes.values()].filter((view) => view.capsule === capsule.id && view.phase !== 'exited')
        .length,
  );
  return (
    <Group gap="md" align="flex-start" wrap="nowrap">
      <div className="capsule-title">
        <Group gap="sm">
          <Title order={2} size="h3">
            {escapeName(capsule.id)}
          </Title>
          <Text c="dimmed" className="figures">
            {escapeName(capsule.version)}
          </Text>
          <CapsuleStateMark capsule={capsule} />
        </Group>
        <Text size="sm" c="dimmed">
          {escapeName(capsule.description)}
        </Text>
      </div>
      <Group gap="sm" wrap="nowrap" ml="auto">
        {/* Both stay focusable while they work, for keyboard users; a second press does nothing. */}
        <Switch
          label="Enabled"
          checked={capsule.enabled}
          aria-disabled={switching}
          readOnly={switching}
          onChange={(event) => void actions.setEnabled(capsule.id, event.currentTarget.checked)}
        />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconTrash size={14} />}
          data-disabled={removing}
          aria-disabled={removing}
          onClick={() =>
            removing ||
            setQuestion({
              title: `Remove ${escapeName(capsule.id)}?`,
              text: `${
                live === 0
                  ? 'It has no running processes.'
                  : `${plural(live, 'running process', 'running processes')} will be stopped.`
              } Its workspace is kept on disk.`,
              label: 'Remove',
              onConfirm: () => void actions.remove(capsule.id),
            })
          }
        >
          Remove…
        </Button>
      </Group>
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </Group>
  );
}

function Facts({ capsule, stores }: { readonly capsule: CapsuleView; readonly stores: Stores }): ReactNode {
  const installed = useStore(stores.clock.store, ({ now }) => formatAge(now - capsule.installedAt));
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Hash', <HashText key="hash" hash={capsule.hash} />],
    ['Size', formatBytes(capsule.size)],
    ['Installed', `${installed} ago`],
    ['Restarts', String(capsule.restarts)],
    ['Handles', calledExports(capsule.exports)],
  ];
  return (
    <DataList size="sm" gap={6} labelWidth="80px">
      {facts.map(([label, value]) => (
        <DataList.Item key={label}>
          <DataList.ItemLabel>{label}</DataList.ItemLabel>
          <DataList.ItemValue className="break">{value}</DataList.ItemValue>
        </DataList.Item>
      ))}
    </DataList>
  );
}

function Instances(props: {
  readonly instances: readonly InstanceView[];
  readonly stores: Stores;
}): ReactNode {
  const { instances, stores } = props;
  const now = useStore(stores.clock.store, (state) => state.now);
  if (instances.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        None. An instance starts with the first call.
      </Text>
    );
  }
  return (
    <Table fz="sm" verticalSpacing={4} horizontalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Kind</Table.Th>
          <Table.Th>Principal</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>For</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {instances.map((instance) => (
          <Table.Tr key={instance.key} title={`since ${clockTime(instance.since)}`}>
            <Table.Td>{instance.kind}</Table.Td>
            <Table.Td>{escapeName(instance.principal)}</Table.Td>
            <Table.Td>{instance.state}</Table.Td>
            <Table.Td className="figures">{formatAge(now - instance.since)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Block({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <Paper component="section" withBorder p="sm" aria-label={title} className="block">
      <Title order={3} size="h6" mb="xs">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
