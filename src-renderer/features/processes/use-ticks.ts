import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import type { Stores } from '../../state/stores.ts';
import type { ProcessRowData } from './use-process-rows.ts';

/** The ticked processes, as far as they still exist. */
export interface Ticks {
  readonly set: ReadonlySet<string>;
  /** Ticks or unticks; with `range` everything from the last tick to this one. */
  readonly tick: (index: number, key: string, range: boolean) => void;
  readonly tickAll: () => void;
  readonly clear: () => void;
  /** The ticked processes, or `fallback` when none is ticked. */
  readonly chosen: (fallback: ProcessView | null) => readonly ProcessView[];
}

export function useTicks({ machine, view }: Stores, rows: readonly ProcessRowData[]): Ticks {
  const processes = useStore(machine.store, (state) => state.processes);
  const selected = useStore(view, (state) => state.selected);
  const set = useMemo(() => new Set(selected.filter((key) => processes.has(key))), [selected, processes]);
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
    tickAll: () => view.setState({ selected: itemKeys(rows) }),
    clear: () => view.setState({ selected: [] }),
    chosen: (fallback) => {
      const ticked = [...set].flatMap((key) => processes.get(key) ?? []);
      return ticked.length > 0 || fallback === null ? ticked : [fallback];
    },
  };
}

function itemKeys(rows: readonly ProcessRowData[]): readonly string[] {
  return rows.flatMap((row) => (row.kind === 'item' && !row.gone ? [row.item.key] : []));
}
