import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, RefCallback } from 'react';
import { useStore } from 'zustand';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { PROCESS_ROW_PX } from '../../lib/limits.ts';
import type { Stores } from '../../state/stores.ts';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { columnLayout } from './columns.ts';
import { GridHeader } from './grid-header.tsx';
import { GroupRow } from './group-row.tsx';
import { commandOf } from './keys.ts';
import type { RowCommand } from './keys.ts';
import { ProcessRow } from './process-row.tsx';
import { runCommand } from './run-command.ts';
import { useProcessRows } from './use-process-rows.ts';
import type { ProcessRowData } from './use-process-rows.ts';
import { useSelectionControls } from './use-selection.ts';
import type { ProcessCommands } from './use-commands.ts';

/**
 * The list itself: one tab stop; the cursor is a row named by `aria-activedescendant`, so that focus survives rows that
 * come, go and are scrolled away.
 */
export function ProcessGrid(props: {
  readonly stores: Stores;
  readonly commands: ProcessCommands;
  readonly listRef: RefCallback<HTMLElement>;
  readonly onFilter: () => void;
  readonly onHelp: () => void;
}): ReactNode {
  const { stores, commands } = props;
  const processes = useStore(stores.machine.store, (state) => state.processes);
  const view = useStore(stores.view);
  const [hovered, setHovered] = useState(false);
  const [menuKey, setMenuKey] = useState<string | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const { ref: sizeRef, width } = useElementSize();
  const scroller = useRef<HTMLDivElement>(null);
  const mergedRef = useMergedRef(sizeRef, scroller, props.listRef);
  const watch = useKeptFocus(() => scroller.current?.focus({ preventScroll: true }));
  // The menu of a process that ends goes with its buttons.
  const openMenu = menuKey !== null && isLive(processes.get(menuKey)) ? menuKey : null;
  const { rows, matching, visible } = useProcessRows(processes, view, width, hovered || openMenu !== null);
  const selection = useSelectionControls(stores, rows, matching);
  const template = ['30px', ...visible.map(({ id }) => columnLayout[id].track), '66px'].join(' ');
  // oxlint-disable-next-line react/incompatible-library -- nothing that is memoized depends on the virtualizer's functions
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => PROCESS_ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    scrollPaddingStart: PROCESS_ROW_PX,
    overscan: 8,
  });
  const at = cursorIndex(rows, cursor);
  /** The row that shows the focus: none before the list was first reached, or when it is empty. */
  const active = cursor === null ? undefined : rows[at]?.id;

  const moveTo = (index: number): void => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    setCursor(rows[next]?.id ?? null);
    virtual.scrollToIndex(next);
  };
  const openLog = useCallback(
    (_index: number, key: string) => {
      setCursor(key);
      stores.view.setState({ openLog: key });
    },
    [stores.view],
  );
  const onMenu = useCallback((key: string, open: boolean) => {
    setMenuKey(open ? key : null);
    if (!open) {
      scroller.current?.focus();
    }
  }, []);
  const fold = (group: string, folded: boolean): void => {
    if (!view.grouped) {
      return;
    }
    // Otherwise the cursor would move from a collapsed row to another process.
    setCursor(`group:${group}`);
    stores.view.setState(({ collapsed }) => {
      const others = collapsed.filter((name) => name !== group);
      return { collapsed: folded ? [...others, group] : others };
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const command = event.target === event.currentTarget ? commandOf(event) : null;
    if (command === null) {
      return;
    }
    event.preventDefault();
    run(command);
  };
  const run = (command: RowCommand): void => {
    const row = rows[at];
    const chosen = selection.chosen(row?.kind === 'item' && !row.gone ? row.item : null);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / PROCESS_ROW_PX) - 2);
    runCommand(command, {
      row,
      at,
      page,
      last: rows.length - 1,
      folded: row?.kind === 'group' && view.collapsed.includes(row.group),
      chosen,
      commands,
      moveTo,
      fold,
      openLog: (key) => openLog(at, key),
      openMenu: (key) => setMenuKey(key),
      toggle: (key) => selection.toggle(at, key, false),
      selectAll: selection.selectAll,
      clear: selection.clear,
      filter: props.onFilter,
      help: props.onHelp,
    });
  };
  const selectedInside = (group: string): number =>
    matching.filter(({ capsule, key }) => capsule === group && selection.set.has(key)).length;

  return (
    <div
      ref={mergedRef}
      role="treegrid"
      aria-label="Processes"
      aria-multiselectable
      aria-rowcount={rows.length + 1}
      aria-activedescendant={active === undefined ? undefined : `process-${active}`}
      tabIndex={0}
      className="process-grid"
      onKeyDown={onKeyDown}
      onBlur={watch.onBlur}
      onFocus={(event) => {
        watch.onFocus(event);
        if (cursor === null) {
          setCursor(rows[cursorIndex(rows, null)]?.id ?? null);
        }
      }}
    >
      <GridHeader
        visible={visible}
        template={template}
        sortColumn={view.sortColumn}
        sortDescending={view.sortDescending}
        allSelected={matching.length > 0 && selection.set.size === matching.length}
        someSelected={selection.set.size > 0}
        onSort={(id) =>
          stores.view.setState(({ sortColumn, sortDescending }) => ({
            sortColumn: id,
            sortDescending: sortColumn === id && !sortDescending,
          }))
        }
        onToggleAll={selection.set.size > 0 ? selection.deselectShown : selection.selectAll}
      />
      {rows.length === 0 ? <p className="grid-nothing">No process matches the filter.</p> : null}
      <div
        role="rowgroup"
        className="grid-body"
        style={{ height: virtual.getTotalSize() }}
        onPointerEnter={() => setHovered(true)}
        onPointerLeave={() => setHovered(false)}
      >
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) {
            return null;
          }
          if (row.kind === 'group') {
            const folded = view.collapsed.includes(row.group);
            return (
              <GroupRow
                key={row.id}
                group={row.group}
                members={row.members}
                selectedInside={folded ? selectedInside(row.group) : 0}
                index={item.index}
                top={item.start}
                columns={visible.length + 2}
                active={row.id === active}
                folded={folded}
                onToggle={() => fold(row.group, !folded)}
              />
            );
          }
          // Held rows that left the list: discarded, or no longer matching the filter.
          const current = processes.get(row.item.key);
          const process: ProcessView = current ?? row.item;
          return (
            <ProcessRow
              key={row.id}
              view={process}
              gone={current === undefined}
              index={item.index}
              level={view.grouped ? 2 : 1}
              top={item.start}
              template={template}
              visible={visible}
              selected={selection.set.has(process.key)}
              active={row.id === active}
              logOpen={view.openLog === process.key}
              menuOpen={openMenu === process.key}
              stores={stores}
              commands={commands}
              onOpen={openLog}
              onToggle={selection.toggle}
              onMenu={onMenu}
            />
          );
        })}
      </div>
    </div>
  );
}

function isLive(view: ProcessView | undefined): boolean {
  return view !== undefined && view.phase !== 'exited';
}

/** Where the cursor is; on the first process when its row is filtered out or gone. */
function cursorIndex(rows: readonly ProcessRowData[], cursor: string | null): number {
  const at = rows.findIndex((row) => row.id === cursor);
  return at === -1
    ? Math.max(
        0,
        rows.findIndex((row) => row.kind === 'item'),
      )
    : at;
}
