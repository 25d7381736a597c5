import { Button, Group, Text, Tooltip } from '@mantine/core';
import {
  IconCircleCheck,
  IconCircleX,
  IconHourglassLow,
  IconLoader,
  IconPlayerPlayFilled,
  IconShieldLock,
  IconSnowflake,
  IconWorld,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ProcessView, StopView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { endedWell, formatExit } from '../../lib/format-exit.ts';
import {
  commandBesideLabel,
  commandText,
  formatLifetime,
  formatRun,
  secondsToKill,
  phaseText,
} from '../../lib/format-process.ts';
import { formatAge, formatBytes } from '../../lib/format.ts';
import type { Stores } from '../../state/stores.ts';
import { bufferedBytes } from './columns.ts';
import type { ColumnId } from './columns.ts';

/** One cell of a process. Icons and colours always come with text. */
export function ProcessCell({
  column,
  view,
  stores,
}: {
  readonly column: ColumnId;
  readonly view: ProcessView;
  readonly stores: Stores;
}): ReactNode {
  switch (column) {
    case 'label':
      return <LabelCell view={view} />;
    case 'phase':
      return <PhaseMark view={view} />;
    case 'capsule':
    case 'principal':
      return escapeName(view[column]);
    case 'tier':
      return formatLifetime(view.tier);
    case 'osPid':
      return view.osPid ?? <span className="quiet">–</span>;
    case 'startedAt':
      return <Age view={view} stores={stores} />;
    case 'output':
      return <OutputCell view={view} />;
    case 'exit':
      return <ExitCell view={view} stores={stores} />;
    case 'sandbox':
      return <SandboxCell view={view} />;
  }
}

/** The state of a process as icon and word. */
export function PhaseMark({ view }: { readonly view: ProcessView }): ReactNode {
  const text = phaseText(view);
  const { Icon, tone } = phaseLook(view);
  return (
    <span className={`phase tone-${tone}`}>
      <Icon size={14} aria-hidden />
      <span>{text.charAt(0).toUpperCase() + text.slice(1)}</span>
    </span>
  );
}

/** The sequence of a stop: what was sent, what follows when, and a button that cancels the KILL. */
export function StopSequence(props: {
  readonly processKey: string;
  readonly stop: StopView;
  readonly stores: Stores;
  /** False in the list, which has keys for it. */
  readonly tabbable: boolean;
}): ReactNode {
  const { processKey, stop, stores, tabbable } = props;
  const now = useStore(stores.clock.store, (state) => state.now);
  if (stop.step === 'kill') {
    return <span className="tone-bad">KILL sent · waiting for exit</span>;
  }
  return (
    <Group gap={6} wrap="nowrap">
      <span className="stop-words">
        {stop.step === 'int' ? 'INT' : 'TERM'} sent · KILL in{' '}
        <span className="figures">{secondsToKill(stop, now)} s</span>
      </span>
      {stop.revocable && (
        <Button
          size="compact-xs"
          variant="default"
          tabIndex={tabbable ? 0 : -1}
          aria-label="Cancel stop"
          onClick={(event) => {
            event.stopPropagation();
            void stores.actions.cancelStop(processKey);
          }}
        >
          Cancel
        </Button>
      )}
    </Group>
  );
}

/** How a process ended, highlighted when it needs attention. */
export function FormattedExit({
  view,
  stores,
}: {
  readonly view: ProcessView;
  readonly stores: Stores;
}): ReactNode {
  const stop = useStore(stores.machine.store, (state) => state.stops.get(view.key) ?? null);
  if (view.exit === null) {
    return null;
  }
  const words = formatExit(view.exit, view.stop ?? stop, view.exitedAt, view.limits);
  const run = formatRun(view);
  return (
    <Text
      span
      inherit
      title={run === null ? words : `${words} · ${run}`}
      className={endedWell(view.exit) ? 'cell-text' : 'cell-text tone-bad'}
    >
      {words}
    </Text>
  );
}

function ExitCell({ view, stores }: { readonly view: ProcessView; readonly stores: Stores }): ReactNode {
  if (view.exit === null && view.stop !== null) {
    return <StopSequence processKey={view.key} stop={view.stop} stores={stores} tabbable={false} />;
  }
  if (view.blockedOnOutput) {
    return (
      <span
        className="cell-text tone-warn"
        title="The output buffer is full. The process continues when the capsule reads from it."
      >
        blocked: output not read
      </span>
    );
  }
  return <FormattedExit view={view} stores={stores} />;
}

function LabelCell({ view }: { readonly view: ProcessView }): ReactNode {
  const command = commandBesideLabel(view);
  return (
    <span className="cell-text" title={commandText(view)}>
      <span className="process-label">{escapeName(view.label)}</span>
      {command === null ? null : <span className="quiet process-command">{command}</span>}
    </span>
  );
}

function Age({ view, stores }: { readonly view: ProcessView; readonly stores: Stores }): ReactNode {
  const words = useStore(stores.clock.store, ({ now }) => formatAge(now - view.startedAt));
  return <span className="figures">{words}</span>;
}

function OutputCell({ view }: { readonly view: ProcessView }): ReactNode {
  const dropped = view.stdout.dropped + view.stderr.dropped;
  const details = `${formatBytes(bufferedBytes(view))} retained, ${formatBytes(dropped)} dropped`;
  return (
    <span className="cell-text figures" title={details}>
      {formatBytes(bufferedBytes(view))}
      {dropped > 0 ? <span className="tone-warn"> −{formatBytes(dropped)}</span> : null}
    </span>
  );
}

function SandboxCell({ view }: { readonly view: ProcessView }): ReactNode {
  const { network, workspace } = view.sandbox;
  const Icon = network ? IconWorld : IconShieldLock;
  return (
    <Tooltip label={`bubblewrap · ${network ? 'network' : 'no network'} · workspace ${workspace}`}>
      <span className={network ? 'phase tone-warn' : 'phase quiet'}>
        <Icon size={14} aria-hidden />
        <span>{network ? 'network' : 'no network'}</span>
      </span>
    </Tooltip>
  );
}

function phaseLook(view: ProcessView): {
  readonly Icon: typeof IconLoader;
  readonly tone: 'good' | 'bad' | 'warn' | 'info' | 'quiet';
} {
  if (view.phase === 'exited') {
    const well = view.exit === null || endedWell(view.exit);
    return well ? { Icon: IconCircleCheck, tone: 'quiet' } : { Icon: IconCircleX, tone: 'bad' };
  }
  if (view.frozen) {
    return { Icon: IconSnowflake, tone: 'info' };
  }
  const looks = {
    starting: { Icon: IconLoader, tone: 'info' },
    running: { Icon: IconPlayerPlayFilled, tone: 'good' },
    stopping: { Icon: IconHourglassLow, tone: 'warn' },
  } as const;
  return looks[view.phase];
}
