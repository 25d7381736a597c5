import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import type { Stores } from '../../state/stores.ts';
import { tickedOf } from './ticked.ts';
import type { Ticked } from './ticked.ts';
import type { ProcessRowData } from './use-process-rows.ts';

/** Which processes are ticked, and ways to change that. */
export interface Ticks {
  /** Keys of the ticked processes that the filter lets through. */
  readonly set: ReadonlySet<string>;
  /** Ticks or unticks; with `range` everything from the last tick to this one. */
  readonly tick: (index: number, key: string, range: boolean) => void;
  /** Ticks all that match the filter, those of folded groups as well. */
  readonly tickAll: () => void;
  /** Unticks all that match the filter. */
  readonly untickShown: () => void;
  readonly clear: () => void;
  /** The ticked processes that the filter lets through, or `fallback` when there is none. */
  readonly chosen: (fallback: ProcessView | null) => readonly ProcessView[];
}

/** The ticked processes, told apart by the filter, as they are now. */
export function useTicked({ machine, view }: Stores): Ticked {
  const processes = useStore(machine.store, (state) => state.processes);
  const selected = useStore(view, (state) => state.selected);
  const filter = useStore(view, (state) => state.filter);
  return useMemo(() => tickedOf(processes, selected, filter), [processes, selected, filter]);
}

/** `rows` is what the list draws, `matching` all that the filter lets through. */
export function useTicks(
  stores: Stores,
  rows: readonly ProcessRowData[],
  matching: readonly ProcessView[],
): Ticks {
  const { view } = stores;
  const { shown } = useTicked(stores);
  const set = useMemo(() => new Set(shown.map(({ key }) => key)), [shown]);
  const latest = useRef({ rows, anchor: 0 });
  useEffect(() => {
    latest.current.rows = rows;
  }, [rows]);
  const tick = useCallback(
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
    tick,
    tickAll: () =>
      view.setState(({ selected }) => ({
        selected: [...new Set([...selected, ...matching.map(({ key }) => key)])],
      })),
    untickShown: () =>
      view.setState(({ selected }) => ({ selected: selected.filter((key) => !set.has(key)) })),
    clear: () => view.setState({ selected: [] }),
    chosen: (fallback) => (shown.length > 0 || fallback === null ? shown : [fallback]),
  };
}

function itemKeys(rows: readonly ProcessRowData[]): readonly string[] {
  return rows.flatMap((row) => (row.kind === 'item' && !row.gone ? [row.item.key] : []));
}
