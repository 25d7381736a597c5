import { Checkbox, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ColumnId } from './columns.ts';

/** Column headers: each sorts, a second press reverses the order. */
export function GridHeader(props: {
  readonly visible: readonly { readonly id: ColumnId; readonly title: string }[];
  readonly template: string;
  readonly sortColumn: string;
  readonly sortDescending: boolean;
  readonly allSelected: boolean;
  readonly someSelected: boolean;
  readonly onSort: (id: ColumnId) => void;
  readonly onToggleAll: () => void;
}): ReactNode {
  const { visible, template, sortColumn, sortDescending } = props;
  const Arrow = sortDescending ? IconArrowDown : IconArrowUp;
  return (
    <div role="row" aria-rowindex={1} className="grid-header" style={{ gridTemplateColumns: template }}>
      <div role="columnheader" className="cell cell-select">
        <Checkbox
          size="xs"
          checked={props.allSelected}
          indeterminate={props.someSelected && !props.allSelected}
          aria-label="Select all processes"
          onChange={props.onToggleAll}
        />
      </div>
      {visible.map(({ id, title }) => (
        <div
          role="columnheader"
          key={id}
          className={`cell cell-${id}`}
          aria-sort={id !== sortColumn ? 'none' : sortDescending ? 'descending' : 'ascending'}
        >
          <UnstyledButton className="sort-button" onClick={() => props.onSort(id)}>
            {title}
            {id === sortColumn ? <Arrow size={12} aria-hidden /> : null}
          </UnstyledButton>
        </div>
      ))}
      <div role="columnheader" className="cell cell-actions">
        <span className="visually-hidden">Actions</span>
      </div>
    </div>
  );
}
