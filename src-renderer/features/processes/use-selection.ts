import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import type { Stores } from '../../state/stores.ts';
import { selectionOf } from './selection.ts';
import type { Selection } from './selection.ts';
import type { ProcessRowData } from './use-process-rows.ts';

/** Which processes are selected, and ways to change that. */
export interface SelectionControls {
  /** Keys of the selected processes that match the filter. */
  readonly set: ReadonlySet<string>;
  /** Selects or deselects; with `range` everything from the last toggle to this one. */
  readonly toggle: (index: number, key: string, range: boolean) => void;
  /** Selects all that match the filter, including those in collapsed groups. */
  readonly selectAll: () => void;
  /** Deselects all that match the filter. */
  readonly deselectShown: () => void;
  readonly clear: () => void;
  /** The selected processes that match the filter, or `fallback` when there is none. */
  readonly chosen: (fallback: ProcessView | null) => readonly ProcessView[];
}

/** The currently selected processes, split by the filter. */
export function useSelection({ machine, view }: Stores): Selection {
  const processes = useStore(machine.store, (state) => state.processes);
  const selected = useStore(view, (state) => state.selected);
  const filter = useStore(view, (state) => state.filter);
  return useMemo(() => selectionOf(processes, selected, filter), [processes, selected, filter]);
}

/** `rows` is what the list draws, `matching` all that match the filter. */
export function useSelectionControls(
  stores: Stores,
  rows: readonly ProcessRowData[],
  matching: readonly ProcessView[],
): SelectionControls {
  const { view } = stores;
  const { shown } = useSelection(stores);
  const set = useMemo(() => new Set(shown.map(({ key }) => key)), [shown]);
  const latest = useRef({ rows, anchor: 0 });
  useEffect(() => {
    latest.current.rows = rows;
  }, [rows]);
  const toggle = useCallback(
    (index: number, key: string, range: boolean) => {
      const { anchor } = latest.current;
      const between = range
        ? itemKeys(latest.current.rows.slice(Math.min(anchor, index), Math.max(anchor, index) + 1))
        : [];
      latest.current.anchor = index;
      view.setState((state) => {
        const others = state.selected.filter((other) => other !== key);
        const isOn = range || others.length === state.selected.length;
        return { selected: [...new Set([...others, ...between, ...(isOn ? [key] : [])])] };
      });
    },
    [view],
  );
  return {
    set,
    toggle,
    selectAll: () =>
      view.setState(({ selected }) => ({
        selected: [...new Set([...selected, ...matching.map(({ key }) => key)])],
      })),
    deselectShown: () =>
      view.setState(({ selected }) => ({ selected: selected.filter((key) => !set.has(key)) })),
    clear: () => view.setState({ selected: [] }),
    chosen: (fallback) => (shown.length > 0 || fallback === null ? shown : [fallback]),
  };
}

function itemKeys(rows: readonly ProcessRowData[]): readonly string[] {
  return rows.flatMap((row) => (row.kind === 'item' && !row.gone ? [row.item.key] : []));
}
