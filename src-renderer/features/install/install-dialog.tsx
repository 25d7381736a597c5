import { Alert, Anchor, Badge, Button, DataList, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { ReactNode, RefObject } from 'react';
import { useStore } from 'zustand';
import type { InstallPlan } from '../../../src-main/contract/views.ts';
import { calledExports } from '../../lib/called-exports.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { formatInstallStep } from '../../lib/format-install-step.ts';
import { formatBytes, plural } from '../../lib/format.ts';
import type { Stores } from '../../state/stores.ts';
import { CapabilityList } from '../../ui/capability-list.tsx';
import { HashText } from '../../ui/hash-text.tsx';
import { ImportList } from '../../ui/import-list.tsx';
import { InstallProblems } from './install-problems.tsx';

/** Shown before any code runs: what the capsule is, which capabilities it requests, and which are granted. */
export function InstallDialog({
  stores,
  onInstalled,
}: {
  readonly stores: Stores;
  readonly onInstalled: (id: string) => void;
}): ReactNode {
  const { install } = stores;
  const { plans, granted, problems, busy, step } = useStore(install.store);
  const [plan] = plans;
  const cancelling = busy === 'cancelling';
  const installing = busy === 'installing' || cancelling;
  const safeMode = useStore(stores.machine.store, ({ about }) => about !== null && about.safeMode !== null);
  const blocked = installing || safeMode;
  const asked = useRef<HTMLDivElement>(null);
  const cancel = useNextFocus(plan?.token);
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
            key={plan.token}
            ref={asked}
            className="install-scroll"
            tabIndex={0}
            role="region"
            aria-label="Capsule details"
          >
            <Facts plan={plan} />
            <Asked plan={plan} granted={granted} onGrant={install.grant} />
          </div>
          <InstallProblems
            problems={problems}
            onDismiss={() => {
              // Not to a button of the dialog: a key held too long would press it.
              asked.current?.focus();
              install.dismiss();
            }}
          />
          <Group justify="flex-end" gap="xs" className="install-foot">
            <Text size="sm" c="dimmed" mr="auto" role="status">
              {cancelling
                ? 'Cancelling…'
                : installing
                  ? formatInstallStep(step)
                  : safeMode
                    ? 'Capsules cannot be installed in safe mode.'
                    : 'None of its code has run.'}
              {plans.length > 1 ? ` ${plans.length - 1} more to review.` : ''}
            </Text>
            {/*
              The dialog may open by itself while somebody is typing: an Enter meant for something else must not install.
              What cannot be pressed looks disabled but stays focusable: if the install fails, keyboard focus is still here.
            */}
            <Button
              ref={cancel}
              variant="default"
              data-autofocus
              data-disabled={cancelling}
              aria-disabled={cancelling}
              onClick={() => void install.cancel()}
            >
              Cancel
            </Button>
            <Button
              data-disabled={blocked}
              aria-disabled={blocked}
              onClick={() => void (blocked || confirm())}
            >
              {plan.replaces === null ? 'Install' : 'Replace'}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}

/** Gives the focus to the element when one plan follows another; the first gets it from the opening dialog. */
function useNextFocus(token: string | undefined): RefObject<HTMLButtonElement | null> {
  const element = useRef<HTMLButtonElement>(null);
  const before = useRef<string>(undefined);
  useEffect(() => {
    if (before.current !== undefined && before.current !== token) {
      element.current?.focus();
    }
    before.current = token;
  }, [token]);
  return element;
}

function Facts({ plan }: { readonly plan: InstallPlan }): ReactNode {
  return (
    <Stack gap="sm">
      {plan.description === '' ? null : <Text size="sm">{escapeName(plan.description)}</Text>}
      {plan.replaces === null ? null : (
        <Group gap={6}>
          <Badge variant="light">replaces {escapeName(plan.replaces)}</Badge>
          <Text size="sm" c="dimmed">
            Installing stops its processes; Cancel keeps the old version. Capabilities already granted are
            selected.
          </Text>
        </Group>
      )}
      {plan.warnings.map((warning) => (
        <Alert key={warning} color="yellow" icon={<IconAlertTriangle size={16} />} p="xs">
          {escapeName(warning)}
        </Alert>
      ))}
      {plan.overlaps.map(({ sentence }) => (
        <Alert key={sentence} color="orange" icon={<IconAlertTriangle size={16} />} p="xs">
          {escapeName(sentence)}
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
          <DataList.ItemValue>{formatBytes(plan.size)}</DataList.ItemValue>
        </DataList.Item>
        <DataList.Item>
          <DataList.ItemLabel>Handles</DataList.ItemLabel>
          <DataList.ItemValue className="break">{calledExports(plan.exports)}</DataList.ItemValue>
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
          Requests{' '}
          {plan.capabilities.length === 0
            ? 'no capabilities'
            : plural(plan.capabilities.length, 'capability', 'capabilities')}
        </Title>
        {plan.capabilities.length === 0 ? null : (
          <Group gap="sm">
            <Anchor component="button" type="button" size="sm" onClick={() => setAll(true)}>
              Grant all
            </Anchor>
            <Anchor component="button" type="button" size="sm" onClick={() => setAll(false)}>
              Grant none
            </Anchor>
          </Group>
        )}
      </Group>
      <CapabilityList capabilities={plan.capabilities} granted={granted} onGrant={onGrant} />
      <Title order={3} size="h5" mt="md" mb={4}>
        Host interfaces it uses
      </Title>
      <ImportList names={plan.imports} none="None." />
    </>
  );
}
