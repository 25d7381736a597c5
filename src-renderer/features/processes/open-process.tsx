import { Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { UsageView } from '../../../src-main/contract/views.ts';
import { bytesInWords, durationInWords } from '../../lib/words.ts';
import { escapeName } from '../../lib/escape-text.ts';
import type { Stores } from '../../state/stores.ts';
import { ExitWords, PhaseMark, StopSequence } from './cells.tsx';
import { RowActions } from './row-actions.tsx';
import type { RowVerbs } from './use-verbs.ts';

/** Head of the open log: which process it is, what it does, and its verbs. */
export function OpenProcess({
  stores,
  verbs,
}: {
  readonly stores: Stores;
  readonly verbs: RowVerbs;
}): ReactNode {
  const key = useStore(stores.view, (state) => state.openLog);
  const view = useStore(stores.machine.store, (state) => state.processes.get(key));
  const [menu, setMenu] = useState(false);
  if (view === undefined) {
    return <Text size="sm">This process was released.</Text>;
  }
  return (
    <Group gap="sm" wrap="nowrap" className="open-process">
      <Text fw={600} size="sm" truncate className="open-label">
        {escapeName(view.label)}
      </Text>
      <Group gap={10} wrap="nowrap" className="small-text open-words">
        <PhaseMark view={view} />
        {view.exit === null && view.stop !== null ? (
          <StopSequence processKey={view.key} stop={view.stop} stores={stores} tabbable />
        ) : (
          <ExitWords view={view} stores={stores} />
        )}
        <span title="Used so far by the process and all it started, as last seen">
          {usageText(view.usage)}
        </span>
      </Group>
      <Group gap={0} wrap="nowrap" className="open-verbs">
        <RowActions view={view} verbs={verbs} menuOpen={menu} onMenu={setMenu} tabbable />
      </Group>
    </Group>
  );
}

function usageText(usage: UsageView | null): string {
  return usage === null
    ? 'CPU and memory not reported'
    : `CPU ${durationInWords(usage.cpuMs)}, memory peak ${bytesInWords(usage.peakMemoryBytes)}`;
}
