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
import { useCallback, useRef, useState } from 'react';
import type { ReactNode, RefCallback, RefObject } from 'react';
import { useStore } from 'zustand';
import { plural } from '../../lib/format.ts';
import type { Stores } from '../../state/stores.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { ConfirmQuestion } from '../../ui/confirm-dialog.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { HelpDialog } from './help-dialog.tsx';
import { OpenProcess } from './open-process.tsx';
import { ProcessGrid } from './process-grid.tsx';
import { formatSelection } from './selection.ts';
import { useSelection } from './use-selection.ts';
import { useCommands } from './use-commands.ts';
import type { ProcessCommands } from './use-commands.ts';

/** Home: every process of every capsule; below it, when one is open, its log (drawn by `renderLog` under a given head). */
export function ProcessesPage(props: {
  readonly stores: Stores;
  readonly renderLog: (head: ReactNode) => ReactNode;
}): ReactNode {
  const { stores, renderLog } = props;
  const [question, setQuestion] = useState<ConfirmQuestion | null>(null);
  const [help, setHelp] = useState(false);
  const filterRef = useRef<HTMLInputElement>(null);
  /** The list, or what stands in its place. */
  const list = useRef<HTMLElement>(null);
  const listRef = useCallback((element: HTMLElement | null) => {
    list.current = element;
  }, []);
  const focusList = useCallback(() => list.current?.focus({ preventScroll: true }), []);
  const watch = useKeptFocus(focusList);
  const ask = useCallback(
    (asked: ConfirmQuestion) => {
      // The dialog returns focus to what had it, but not to a button or menu item that may be gone by then.
      focusList();
      setQuestion(asked);
    },
    [focusList],
  );
  const commands = useCommands(stores, ask);
  const count = useStore(stores.machine.store, (state) => state.processes.size);
  const capsules = useStore(stores.machine.store, (state) => state.capsules.size);
  const isOpen = useStore(stores.view, (state) => state.openLog !== '');
  const tableShare = useStore(stores.view, (state) => state.tableShare);
  const processes =
    count === 0 ? (
      <NoProcesses
        buttonRef={listRef}
        capsules={capsules}
        onCapsules={() => stores.view.setState({ place: 'capsules' })}
      />
    ) : (
      <ProcessGrid
        stores={stores}
        commands={commands}
        listRef={listRef}
        onFilter={() => filterRef.current?.focus()}
        onHelp={() => setHelp(true)}
      />
    );
  return (
    <section className="place" aria-label="Processes" {...watch}>
      <Toolbar
        stores={stores}
        commands={commands}
        filterRef={filterRef}
        focusList={focusList}
        onHelp={() => setHelp(true)}
      />
      {/* Both panes are always mounted: opening a log must not remount the list, which would lose focus. */}
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
          {processes}
        </Splitter.Pane>
        <Splitter.Pane defaultSize={45} min={isOpen ? 15 : 0} className="pane">
          {isOpen
            ? renderLog(<OpenProcess stores={stores} commands={commands} focusList={focusList} />)
            : null}
        </Splitter.Pane>
      </Splitter>
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
      <HelpDialog opened={help} onClose={() => setHelp(false)} />
    </section>
  );
}

function Toolbar(props: {
  readonly stores: Stores;
  readonly commands: ProcessCommands;
  readonly filterRef: RefObject<HTMLInputElement | null>;
  readonly focusList: () => void;
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
      onClick={() => {
        filterRef.current?.focus();
        view.setState({ filter: '' });
      }}
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
      <BulkBar stores={props.stores} commands={props.commands} focusList={props.focusList} />
      <Switch
        ml="auto"
        size="xs"
        label="Group by capsule"
        title="Group by capsule"
        classNames={{ label: 'group-label' }}
        checked={grouped}
        onChange={(event) => view.setState({ grouped: event.currentTarget.checked })}
      />
      <Tooltip label="Keyboard shortcuts (?)">
        <ActionIcon variant="subtle" color="gray" aria-label="Keyboard shortcuts" onClick={props.onHelp}>
          <IconKeyboard size={17} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

/** Commands for the selected processes that the filter shows. */
function BulkBar(props: {
  readonly stores: Stores;
  readonly commands: ProcessCommands;
  readonly focusList: () => void;
}): ReactNode {
  const { stores, commands } = props;
  const selection = useSelection(stores);
  const watch = useKeptFocus(props.focusList);
  const live = selection.shown.filter((view) => view.phase !== 'exited');
  const exited = selection.shown.filter((view) => view.phase === 'exited');
  if (selection.shown.length === 0 && selection.hidden === 0) {
    return null;
  }
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label="Selected processes" className="bulk-bar" {...watch}>
      <Text size="sm" className="figures bulk-words" title={formatSelection(selection)}>
        {formatSelection(selection)}
      </Text>
      <BulkButton
        count={live.length}
        onPress={() => commands.stop(live.filter((view) => view.stop === null).map((view) => view.key))}
      >
        Stop {live.length > 0 ? live.length : ''}
      </BulkButton>
      <BulkButton count={live.length} onPress={() => commands.kill(live)}>
        Kill…
      </BulkButton>
      <BulkButton count={exited.length} onPress={() => commands.release(exited.map((view) => view.key))}>
        Discard {exited.length > 0 ? exited.length : ''}
      </BulkButton>
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

/** A command for `count` processes. With none it looks disabled but keeps the focus it got when pressed. */
function BulkButton(props: {
  readonly count: number;
  readonly onPress: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { count, onPress, children } = props;
  return (
    <Button
      size="compact-sm"
      variant="default"
      data-disabled={count === 0}
      aria-disabled={count === 0}
      onClick={() => (count === 0 ? undefined : onPress())}
    >
      {children}
    </Button>
  );
}

function NoProcesses({
  buttonRef,
  capsules,
  onCapsules,
}: {
  readonly buttonRef: RefCallback<HTMLElement>;
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
            ? 'Processes are started by capsules. Install one from a .capsule file or a folder.'
            : `${plural(capsules, 'capsule')} installed. Invoke an action of a capsule; the processes it starts are listed here.`
        }
        maw={420}
      >
        <EmptyState.Actions>
          <Button ref={buttonRef} onClick={onCapsules}>
            {capsules === 0 ? 'Install a capsule' : 'Go to capsules'}
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
