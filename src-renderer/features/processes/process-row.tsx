import { Checkbox } from '@mantine/core';
import { memo } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { exitText } from '../../lib/format-exit.ts';
import { phaseText } from '../../lib/format-process.ts';
import type { Stores } from '../../state/stores.ts';
import { ProcessCell } from './cells.tsx';
import type { ColumnId } from './columns.ts';
import { RowActions } from './row-actions.tsx';
import type { ProcessCommands } from './use-commands.ts';

export interface ProcessRowProps {
  readonly view: ProcessView;
  readonly gone: boolean;
  readonly index: number;
  readonly level: number;
  readonly top: number;
  readonly template: string;
  readonly visible: readonly { readonly id: ColumnId }[];
  readonly selected: boolean;
  readonly active: boolean;
  readonly logOpen: boolean;
  readonly menuOpen: boolean;
  readonly stores: Stores;
  readonly commands: ProcessCommands;
  readonly onOpen: (index: number, key: string) => void;
  readonly onToggle: (index: number, key: string, range: boolean) => void;
  readonly onMenu: (key: string, open: boolean) => void;
}

/** One process. Drawn again only when something of its own changed. */
export const ProcessRow = memo(function ProcessRow(props: ProcessRowProps): ReactNode {
  const { view, gone, index, level, top, template, visible, selected, active, stores, commands } = props;
  const style: CSSProperties = { transform: `translateY(${top}px)`, gridTemplateColumns: template };
  const state = [
    active ? 'active' : '',
    props.logOpen ? 'open' : '',
    gone ? 'gone' : '',
    selected ? 'selected' : '',
  ];
  return (
    <div
      role="row"
      id={`process-${view.key}`}
      // In place of all that stands in it, the names of its buttons among that.
      aria-label={gone ? `${escapeName(view.label)}, discarded` : rowName(view)}
      aria-rowindex={index + 2}
      aria-level={level}
      aria-selected={selected}
      className={`process-row ${state.join(' ')}`}
      style={style}
      onClick={() => props.onOpen(index, view.key)}
    >
      <div role="gridcell" className="cell cell-select" onClick={(event) => event.stopPropagation()}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          checked={selected}
          disabled={gone}
          aria-label={`Select ${escapeName(view.label)}`}
          onChange={() => undefined}
          onClick={(event) => props.onToggle(index, view.key, event.shiftKey)}
        />
      </div>
      {visible.map(({ id }) => (
        <div role="gridcell" key={id} className={`cell cell-${id}`}>
          {gone && id === 'exit' ? 'discarded' : <ProcessCell column={id} view={view} stores={stores} />}
        </div>
      ))}
      <div role="gridcell" className="cell cell-actions" onClick={(event) => event.stopPropagation()}>
        {gone ? null : (
          <RowActions
            view={view}
            commands={commands}
            tabbable={false}
            menuOpen={props.menuOpen}
            onMenu={(open) => props.onMenu(view.key, open)}
          />
        )}
      </div>
    </div>
  );
});

function rowName(view: ProcessView): string {
  const [state, exit] = [phaseText(view), exitText(view)];
  // A limit reads on from the state: "exited at its memory limit".
  const how = /^(exited|killed)/u.test(exit) ? exit : `${state} ${exit}`.trimEnd();
  return `${escapeName(view.label)}, ${how}`;
}
