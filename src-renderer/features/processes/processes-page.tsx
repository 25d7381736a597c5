import {
  ActionIcon,
  Button,
  Center,
  EmptyState,
  Group,
  Splitter,
  Switch,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { IconFilter, IconKeyboard, IconPackage, IconX } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { plural } from '../../lib/words.ts';
import type { Stores } from '../../state/stores.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { ConfirmQuestion } from '../../ui/confirm-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { OpenProcess } from './open-process.tsx';
import { ProcessGrid } from './process-grid.tsx';
import { useVerbs } from './use-verbs.ts';
import type { RowVerbs } from './use-verbs.ts';

/** Home: every process of every capsule; below it, when one is open, its log (drawn by `renderLog` under a given head). */
export function ProcessesPage(props: {
  readonly stores: Stores;
  readonly renderLog: (head: ReactNode) => ReactNode;
}): ReactNode {
  const { stores, renderLog } = props;
  const [question, setQuestion] = useState<ConfirmQuestion | null>(null);
  const [help, setHelp] = useState(false);
  const filterRef = useRef<HTMLInputElement>(null);
  const verbs = useVerbs(stores, setQuestion);
  const count = useStore(stores.machine.store, (state) => state.processes.size);
  const capsules = useStore(stores.machine.store, (state) => state.capsules.size);
  const isOpen = useStore(stores.view, (state) => state.openLog !== '');
  const tableShare = useStore(stores.view, (state) => state.tableShare);
  const list =
    count === 0 ? (
      <NoProcesses capsules={capsules} onCapsules={() => stores.view.setState({ place: 'capsules' })} />
    ) : (
      <ProcessGrid
        stores={stores}
        verbs={verbs}
        onFilter={() => filterRef.current?.focus()}
        onHelp={() => setHelp(true)}
      />
    );
  return (
    <section className="place" aria-label="Processes">
      <Toolbar stores={stores} verbs={verbs} filterRef={filterRef} onHelp={() => setHelp(true)} />
      {/* Both panes are always there: opening a log must not make the list anew and take the focus with it. */}
      <Splitter
        orientation="vertical"
        className={isOpen ? 'place-body' : 'place-body log-closed'}
        lineSize={isOpen ? 1 : 0}
        sizes={isOpen ? [tableShare, 100 - tableShare] : [100, 0]}
        onSizeChange={([share]) => {
          if (isOpen) {
            stores.view.setState({ tableShare: Math.min(85, Math.max(15, Number(share))) });
          }
        }}
      >
        <Splitter.Pane defaultSize={55} min={15} className="pane">
          {list}
        </Splitter.Pane>
        <Splitter.Pane defaultSize={45} min={isOpen ? 15 : 0} className="pane">
          {isOpen ? renderLog(<OpenProcess stores={stores} verbs={verbs} />) : null}
        </Splitter.Pane>
      </Splitter>
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
      <HelpDialog opened={help} onClose={() => setHelp(false)} />
    </section>
  );
}

function Toolbar(props: {
  readonly stores: Stores;
  readonly verbs: RowVerbs;
  readonly filterRef: React.RefObject<HTMLInputElement | null>;
  readonly onHelp: () => void;
}): ReactNode {
  const { filterRef } = props;
  const { view } = props.stores;
  const filter = useStore(view, (state) => state.filter);
  const grouped = useStore(view, (state) => state.grouped);
  const clear = (
    <ActionIcon
      size="sm"
      variant="subtle"
      color="gray"
      aria-label="Clear filter"
      onClick={() => view.setState({ filter: '' })}
    >
      <IconX size={14} />
    </ActionIcon>
  );
  return (
    <Group className="toolbar" gap="sm" wrap="nowrap">
      <TextInput
        ref={filterRef}
        className="filter-box"
        placeholder="Filter"
        aria-label="Filter processes"
        leftSection={<IconFilter size={14} />}
        rightSection={filter === '' ? null : clear}
        value={filter}
        onChange={(event) => view.setState({ filter: event.currentTarget.value })}
      />
      <BulkBar stores={props.stores} verbs={props.verbs} />
      <Switch
        ml="auto"
        size="xs"
        label="Group by capsule"
        checked={grouped}
        onChange={(event) => view.setState({ grouped: event.currentTarget.checked })}
      />
      <Tooltip label="Keys (?)">
        <ActionIcon variant="subtle" color="gray" aria-label="Keys" onClick={props.onHelp}>
          <IconKeyboard size={17} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

/** Verbs for all ticked processes. */
function BulkBar({ stores, verbs }: { readonly stores: Stores; readonly verbs: RowVerbs }): ReactNode {
  const processes = useStore(stores.machine.store, (state) => state.processes);
  const selected = useStore(stores.view, (state) => state.selected);
  const views = selected.flatMap((key) => processes.get(key) ?? []);
  const live = views.filter((view) => view.phase !== 'exited');
  const exited = views.filter((view) => view.phase === 'exited');
  if (views.length === 0) {
    return null;
  }
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label="Selected processes">
      <Text size="sm" className="figures">
        {views.length} selected
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        disabled={live.length === 0}
        onClick={() => verbs.stop(live.filter((view) => view.stop === null).map((view) => view.key))}
      >
        Stop {live.length > 0 ? live.length : ''}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={live.length === 0}
        onClick={() => verbs.kill(live)}
      >
        Kill…
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={exited.length === 0}
        onClick={() => verbs.release(exited.map((view) => view.key))}
      >
        Release {exited.length > 0 ? exited.length : ''}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        onClick={() => stores.view.setState({ selected: [] })}
      >
        Clear
      </Button>
    </Group>
  );
}

function NoProcesses({
  capsules,
  onCapsules,
}: {
  readonly capsules: number;
  readonly onCapsules: () => void;
}): ReactNode {
  return (
    <Center h="100%" p="xl">
      <EmptyState
        icon={<IconPackage size={36} stroke={1.4} />}
        title="No processes yet"
        description={
          capsules === 0
            ? 'Capsules start processes. Install one first: a .capsule file or a folder.'
            : `${plural(capsules, 'capsule')} installed. Invoke an action of a capsule, and what it starts shows up here.`
        }
        maw={420}
      >
        <EmptyState.Actions>
          <Button onClick={onCapsules}>{capsules === 0 ? 'Install a capsule' : 'Go to capsules'}</Button>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
