import { Badge, Code, DataList, Group, Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { UpdatesPanel } from '../features/updates/updates-panel.tsx';
import type { Stores } from '../state/stores.ts';
import type { BuildView } from '../../src-main/contract/views.ts';
import { CopyText } from '../ui/copy-text.tsx';

/** Versions, the data folder, and whether the sandbox works. */
export function AboutDialog(props: {
  readonly stores: Stores;
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const about = useStore(props.stores.machine.store, (state) => state.about);
  const facts: readonly (readonly [string, ReactNode])[] =
    about === null
      ? []
      : [
          ['Version', about.version],
          ...buildFacts(about.build),
          ...(about.electron === null ? [] : [['Electron', about.electron] as const]),
          ['Node', about.node],
          [
            'Data folder',
            <Group key="data" gap={4} wrap="nowrap">
              <span className="break">{about.dataDir}</span>
              <CopyText text={about.dataDir} label="Copy path" />
            </Group>,
          ],
          ...(about.safeMode === null
            ? []
            : [['Safe mode', 'on: no capsule is started until you restart normally'] as const]),
          [
            'Sandbox',
            <div key="sandbox">
              <Badge color={about.sandbox.ok ? 'green' : 'yellow'} variant="light">
                {about.sandbox.ok ? 'works' : 'does not work'}
              </Badge>
              <Text size="sm">{about.sandbox.detail}</Text>
              <Text size="sm">{about.sandbox.fix}</Text>
            </div>,
          ],
        ];
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="About Capsule Desktop" size="md" centered>
      {facts.length === 0 ? <Text size="sm">Not available yet.</Text> : null}
      <DataList size="sm" labelWidth="100px">
        {facts.map(([label, value]) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel>{label}</DataList.ItemLabel>
            <DataList.ItemValue>{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
      </DataList>
      <UpdatesPanel stores={props.stores} />
    </Modal>
  );
}

function buildFacts(build: BuildView | null): readonly (readonly [string, ReactNode])[] {
  if (build === null) {
    return [['Build', 'built from source']];
  }
  return [
    [
      'Commit',
      <Group key="commit" gap={4} wrap="nowrap">
        <Code>{build.commit.slice(0, 10)}</Code>
        <CopyText text={build.commit} label="Copy commit" />
      </Group>,
    ],
    ['Built', `${build.date.slice(0, 16).replace('T', ' ')} UTC`],
  ];
}
