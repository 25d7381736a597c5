import { Alert, Button, Group, Progress, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { UpdateStep, UpdateAction } from '../../../src-main/contract/updates.ts';
import { escapeName } from '../../lib/escape-text.ts';
import type { Stores } from '../../state/stores.ts';
import { FeedField } from './feed-field.tsx';

/** The current update state and the one next step. */
export function UpdatesPanel({ stores }: { readonly stores: Stores }): ReactNode {
  const { updates } = stores;
  const { view, pending } = useStore(updates.store);
  useEffect(() => updates.watch(), [updates]);
  if (view === null) {
    return null;
  }
  const { feed, step } = view;
  return (
    <section className="updates" aria-labelledby="updates-title">
      <Title order={3} size="sm" id="updates-title">
        Updates
      </Title>
      {step.state === 'unsupported' ? (
        <Text size="sm">{step.reason}</Text>
      ) : (
        <>
          {feed === null ? null : (
            <Step step={step} disabled={pending} onAction={(action) => void updates.act(action)} />
          )}
          {step.state === 'off' && step.reason !== '' ? (
            <Alert color="yellow" p="xs">
              {escapeName(step.reason)}
            </Alert>
          ) : null}
          <FeedField
            key={feed ?? ''}
            feed={feed}
            disabled={pending || ['checking', 'downloading', 'installing'].includes(step.state)}
            onSave={updates.setFeed}
          />
        </>
      )}
    </section>
  );
}

function Step(props: {
  readonly step: UpdateStep;
  readonly disabled: boolean;
  readonly onAction: (action: UpdateAction) => void;
}): ReactNode {
  const { step, disabled, onAction } = props;
  const next = nextOf(step);
  const busy = disabled || step.state === 'checking' || step.state === 'installing';
  return (
    <>
      {step.state === 'failed' ? (
        <Alert color="red" p="xs" role="alert" title={escapeName(step.message)}>
          {step.hint}
        </Alert>
      ) : null}
      <Group gap="sm" wrap="nowrap" className="updates-step">
        <Text size="sm" role="status" className="updates-words">
          {wordsOf(step)}
        </Text>
        {next === null ? null : (
          // Looks disabled but stays focusable: keyboard users stay where the next step appears.
          <Button
            variant={next.main ? 'filled' : 'default'}
            data-disabled={busy}
            aria-disabled={busy}
            onClick={() => (busy ? undefined : onAction(next.action))}
          >
            {next.label}
          </Button>
        )}
      </Group>
      {step.state === 'downloading' ? (
        <Progress value={step.percent} size="sm" aria-label="Download progress" />
      ) : null}
    </>
  );
}

function wordsOf(step: UpdateStep): string {
  switch (step.state) {
    case 'checking':
      return 'Checking for updates…';
    case 'current':
      return 'This is the latest version.';
    case 'available':
      return `Version ${escapeName(step.version)} is available.`;
    case 'downloading':
      return `Downloading version ${escapeName(step.version)}: ${step.percent} %`;
    case 'ready':
      return `Version ${escapeName(step.version)} is downloaded and verified. Installing it ends all running processes.`;
    case 'installing':
      return `Installing version ${escapeName(step.version)}…`;
    case 'failed':
    case 'off':
    case 'unsupported':
      return '';
    case 'idle':
      return 'Updates are checked only when you ask.';
  }
}

function nextOf(step: UpdateStep): { action: UpdateAction; label: string; main: boolean } | null {
  switch (step.state) {
    case 'idle':
    case 'checking':
    case 'current':
      return { action: 'check', label: 'Check now', main: false };
    case 'available':
      return { action: 'download', label: 'Download', main: true };
    case 'downloading':
      return { action: 'cancel', label: 'Cancel', main: false };
    case 'ready':
    case 'installing':
      return { action: 'install', label: 'Restart and install', main: true };
    case 'failed':
      return { action: step.retry, label: 'Try again', main: false };
    case 'off':
    case 'unsupported':
      return null;
  }
}
