import { useTable } from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { arrange, holdOrder } from '../../lib/arrange.ts';
import type { ArrangedRow } from '../../lib/arrange.ts';
import type { ViewState } from '../../state/view.ts';
import { columnHeads, columnLayout, columns, features } from './columns.ts';
import type { ColumnId } from './columns.ts';
import { compileFilter } from './process-filter.ts';

export type ProcessRowData = ArrangedRow<ProcessView>;

type RowChoices = Pick<ViewState, 'filter' | 'sortColumn' | 'sortDescending' | 'grouped' | 'collapsed'>;

/** What the grid draws: rows in order, and the columns that fit, in order. */
export interface ProcessRows {
  readonly rows: readonly ProcessRowData[];
  /** All that match the filter, including those in collapsed groups. */
  readonly matching: readonly ProcessView[];
  readonly visible: readonly { readonly id: ColumnId; readonly title: string }[];
}

/**
 * Processes filtered, sorted and grouped. While `held`, rows keep their order until the pointer leaves, unless filter,
 * sorting or grouping change.
 */
export function useProcessRows(
  processes: ReadonlyMap<string, ProcessView>,
  choices: RowChoices,
  width: number,
  held: boolean,
): ProcessRows {
  const { filter, sortColumn, sortDescending, grouped, collapsed } = choices;
  const data = useMemo(() => [...processes.values()], [processes]);
  const visible = useMemo(
    () => columnHeads.filter(({ id }) => width >= columnLayout[id].from && (id !== 'capsule' || !grouped)),
    [width, grouped],
  );
  const matches = useMemo(() => compileFilter(filter), [filter]);
  const sorting = useMemo(() => [{ id: sortColumn, desc: sortDescending }], [sortColumn, sortDescending]);
  const table = useTable({
    features,
    columns,
    data,
    getRowId: (view) => view.key,
    state: { sorting, globalFilter: filter.trim() },
    globalFilterFn: (row) => matches(row.original),
    getColumnCanGlobalFilter: ({ id }) => id === 'label',
  });
  const sorted = table.getRowModel().rows;
  const matching = useMemo(() => sorted.map((row) => row.original), [sorted]);
  const natural = useMemo(
    () => arrange(matching, grouped, new Set(collapsed)),
    [matching, grouped, collapsed],
  );
  return {
    rows: useHeld(natural, JSON.stringify([filter, sortColumn, sortDescending, grouped, collapsed]), held),
    matching,
    visible,
  };
}

/** `natural` in the order of the moment before while `held` and the choices are the same. */
function useHeld(
  natural: readonly ProcessRowData[],
  choices: string,
  held: boolean,
): readonly ProcessRowData[] {
  const [former, setFormer] = useState({ natural, choices, held, rows: natural });
  if (former.natural === natural && former.choices === choices && former.held === held) {
    return former.rows;
  }
  const rows = held && former.choices === choices ? holdOrder(former.rows, natural) : natural;
  setFormer({ natural, choices, held, rows });
  return rows;
}
