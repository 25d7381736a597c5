import { ActionIcon, Button, Group, SegmentedControl, Text, Tooltip } from '@mantine/core';
import { IconArrowDown, IconClock, IconTextWrap, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { formatBytes, plural } from '../../lib/format.ts';
import { hasEarlier, newSince, streamsOf } from '../../state/logs.ts';
import type { Stores } from '../../state/stores.ts';
import type { ViewState } from '../../state/view.ts';
import { CopyText } from '../../ui/copy-text.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { copyText } from './copy.ts';
import { LogRows } from './log-rows.tsx';

/** The log of the open process. `head` names that process; output is fetched as it is scrolled into view. */
export function LogPanel({ stores, head }: { readonly stores: Stores; readonly head: ReactNode }): ReactNode {
  const { logs, view, machine } = stores;
  const key = useStore(view, (state) => state.openLog);
  const mode = useStore(view, (state) => state.logMode);
  const process = useStore(machine.store, (state) => state.processes.get(key));
  // The log of a discarded process stays readable until another one is opened.
  const [last, setLast] = useState(process);
  if (process !== undefined && process !== last) {
    setLast(process);
  }
  const body = useRef<HTMLDivElement>(null);
  const shown = last?.key === key ? last : undefined;
  useEffect(() => {
    const open = logs.store.getState();
    if (open.key !== key || open.mode !== mode) {
      logs.open(key, mode);
    }
  }, [logs, key, mode]);
  useEffect(() => () => logs.open(null, 'both'), [logs]);
  return (
    <section className="log-panel" aria-label="Log">
      <Group className="log-head" gap="sm" wrap="nowrap">
        {head}
        <LogControls stores={stores} />
      </Group>
      <div className="log-body" ref={body}>
        {shown === undefined ? <div className="log-empty" /> : <LogRows stores={stores} process={shown} />}
        <NewPill
          stores={stores}
          process={shown}
          focusLog={() => body.current?.querySelector<HTMLElement>('[role="log"]')?.focus()}
        />
      </div>
      <LogStatus stores={stores} process={shown} />
    </section>
  );
}

function LogControls({ stores }: { readonly stores: Stores }): ReactNode {
  const { view, logs } = stores;
  const { logMode, wrap, times } = useStore(view);
  const follow = useStore(logs.store, (state) => state.follow);
  const nextTimes: Readonly<Record<ViewState['times'], ViewState['times']>> = {
    off: 'relative',
    relative: 'local',
    local: 'off',
  };
  return (
    <Group gap={6} wrap="nowrap" ml="auto" className="log-controls">
      <SegmentedControl
        size="xs"
        aria-label="Stream"
        value={logMode}
        onChange={(value) => view.setState({ logMode: value })}
        data={[
          { value: 'both', label: 'Both' },
          { value: 'stdout', label: 'stdout' },
          { value: 'stderr', label: 'stderr' },
        ]}
      />
      <Button
        size="compact-sm"
        variant={follow ? 'light' : 'default'}
        aria-pressed={follow}
        leftSection={<IconArrowDown size={14} />}
        onClick={() => logs.setFollow(!follow)}
      >
        {follow ? 'Following' : 'Follow'}
      </Button>
      <ToggleIcon label="Wrap lines" on={wrap} onClick={() => view.setState({ wrap: !wrap })}>
        <IconTextWrap size={16} />
      </ToggleIcon>
      <ToggleIcon
        label={`Arrival times: ${times}`}
        on={times !== 'off'}
        onClick={() => view.setState({ times: nextTimes[times] })}
      >
        <IconClock size={16} />
      </ToggleIcon>
      <CopyText size="md" label="Copy loaded output" text={() => copyText(logs.store.getState().rows)} />
      <ToggleIcon label="Close log" on={null} onClick={() => view.setState({ openLog: '' })}>
        <IconX size={16} />
      </ToggleIcon>
    </Group>
  );
}

/** An icon button; `on` is null for one that does not toggle. */
function ToggleIcon(props: {
  readonly label: string;
  readonly on: boolean | null;
  readonly onClick: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { label, on, onClick, children } = props;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={on === true ? 'light' : 'subtle'}
        color={on === true ? '' : 'gray'}
        aria-label={label}
        aria-pressed={on ?? undefined}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function NewPill({
  stores,
  process,
  focusLog,
}: {
  readonly stores: Stores;
  readonly process: ProcessView | undefined;
  readonly focusLog: () => void;
}): ReactNode {
  const state = useStore(stores.logs.store);
  const watch = useKeptFocus(focusLog);
  if (state.follow || process === undefined) {
    return null;
  }
  const { lines, bytes } = newSince(state, process);
  if (bytes === 0) {
    return null;
  }
  return (
    <Button
      className="new-pill"
      size="compact-sm"
      radius="xl"
      onClick={() => stores.logs.setFollow(true)}
      {...watch}
    >
      {lines === null ? `${formatBytes(bytes)} new` : plural(lines, 'new line')}
    </Button>
  );
}

/** For each stream shown: bytes written, retained and lost. */
function LogStatus(props: { readonly stores: Stores; readonly process: ProcessView | undefined }): ReactNode {
  const { process } = props;
  const { mode, skipped, failure, windows } = useStore(props.stores.logs.store);
  if (process === undefined) {
    return <div className="log-status" />;
  }
  const earlier = streamsOf(mode).some((stream) => hasEarlier(windows[stream], process[stream]));
  return (
    <Group className="log-status" gap="md" wrap="nowrap">
      {streamsOf(mode).map((stream) => {
        const { produced, dropped, retained, ended } = process[stream];
        return (
          <span key={stream}>
            <b>{stream}</b> {formatBytes(produced)} written · {formatBytes(retained)} retained
            {dropped > 0 ? <span className="tone-warn"> · {formatBytes(dropped)} lost</span> : null}
            {ended ? ' · ended' : null}
          </span>
        );
      })}
      {skipped > 0 ? <span>{formatBytes(skipped)} skipped while following</span> : null}
      {earlier ? <span className="quiet status-hint">scroll up for earlier output</span> : null}
      {failure === null ? null : (
        <Text span inherit role="alert" className="tone-bad">
          {failure.message} {failure.hint}
        </Text>
      )}
    </Group>
  );
}
