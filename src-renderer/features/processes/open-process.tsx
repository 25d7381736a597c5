import { Group, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { UsageView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { commandText, formatRun, formatProcess } from '../../lib/format-process.ts';
import { formatBytes, formatDuration } from '../../lib/format.ts';
import type { Stores } from '../../state/stores.ts';
import { CopyText } from '../../ui/copy-text.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { FormattedExit, PhaseMark, StopSequence } from './cells.tsx';
import { RowActions } from './row-actions.tsx';
import type { ProcessCommands } from './use-commands.ts';

/** Head of the open log: which process it is, what it does, and its commands. */
export function OpenProcess({
  stores,
  commands,
  focusList,
}: {
  readonly stores: Stores;
  readonly commands: ProcessCommands;
  readonly focusList: () => void;
}): ReactNode {
  const key = useStore(stores.view, (state) => state.openLog);
  const view = useStore(stores.machine.store, (state) => state.processes.get(key));
  const [menu, setMenu] = useState(false);
  const stopRef = useRef<HTMLButtonElement>(null);
  // Not on to Discard, which takes Stop's place: a second press of the same key would discard the log.
  const watch = useKeptFocus(() => (stopRef.current === null ? focusList() : stopRef.current.focus()));
  if (view === undefined) {
    return <Text size="sm">This process was discarded.</Text>;
  }
  const run = formatRun(view);
  const which = formatProcess(view);
  const usage = usageText(view.usage);
  return (
    <>
      <Group gap="sm" wrap="nowrap" className="open-process" {...watch}>
        <Text fw={600} size="sm" truncate className="open-label">
          {escapeName(view.label)}
        </Text>
        <Group gap={10} wrap="nowrap" className="small-text open-words">
          <PhaseMark view={view} />
          {view.exit === null && view.stop !== null ? (
            <StopSequence processKey={view.key} stop={view.stop} stores={stores} tabbable />
          ) : (
            <FormattedExit view={view} stores={stores} />
          )}
          {run === null ? null : <span className="open-run">{run}</span>}
        </Group>
        <Group gap={0} wrap="nowrap" className="open-commands">
          <RowActions
            view={view}
            commands={commands}
            menuOpen={menu}
            onMenu={setMenu}
            stopRef={stopRef}
            tabbable
          />
        </Group>
      </Group>
      <Group gap={10} wrap="nowrap" className="small-text quiet open-facts">
        <span className="which-process" title={which}>
          {which}
        </span>
        {view.commandCut ? (
          <CopyText label="Copy the whole command" text={() => wholeCommand(stores, view.key)} />
        ) : null}
        <span
          className="open-usage"
          title={`${usage}: used by the process and its descendants, as last measured`}
        >
          {usage}
        </span>
      </Group>
    </>
  );
}

/** As it is shown, so that what is pasted somewhere does there what it seems to do. */
async function wholeCommand(stores: Stores, key: string): Promise<string | null> {
  const command = await stores.actions.readCommand(key);
  return command === null ? null : commandText({ command, commandCut: false });
}

function usageText(usage: UsageView | null): string {
  return usage === null
    ? 'CPU and memory not measured'
    : `CPU ${formatDuration(usage.cpuMs)}, memory peak ${formatBytes(usage.peakMemoryBytes)}`;
}
