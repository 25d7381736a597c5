import { useTable } from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { arrange, holdOrder } from '../../lib/arrange.ts';
import type { ArrangedRow } from '../../lib/arrange.ts';
import type { ViewState } from '../../state/view.ts';
import { columnHeads, columnLayout, columns, features, filterText } from './columns.ts';
import type { ColumnId } from './columns.ts';

export type ProcessRowData = ArrangedRow<ProcessView>;

type RowChoices = Pick<ViewState, 'filter' | 'sortColumn' | 'sortDescending' | 'grouped' | 'collapsed'>;

/** What the grid draws: rows in order, and the columns that fit, in order. */
export interface ProcessRows {
  readonly rows: readonly ProcessRowData[];
  readonly visible: readonly { readonly id: ColumnId; readonly title: string }[];
}

/**
 * Processes filtered, sorted and grouped. While `held`, nothing changes its place: the order of the moment before stays
 * until the pointer leaves, unless the person changes the choices.
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
  const sorting = useMemo(() => [{ id: sortColumn, desc: sortDescending }], [sortColumn, sortDescending]);
  const table = useTable({
    features,
    columns,
    data,
    getRowId: (view) => view.key,
    state: { sorting, globalFilter: filter.trim().toLowerCase() },
    globalFilterFn: (row, _column, wanted: string) => filterText(row.original).includes(wanted),
    getColumnCanGlobalFilter: ({ id }) => id === 'label',
  });
  const sorted = table.getRowModel().rows;
  const natural = useMemo(
    () =>
      arrange(
        sorted.map((row) => row.original),
        grouped,
        new Set(collapsed),
      ),
    [sorted, grouped, collapsed],
  );
  return {
    rows: useHeld(natural, JSON.stringify([filter, sortColumn, sortDescending, grouped, collapsed]), held),
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
