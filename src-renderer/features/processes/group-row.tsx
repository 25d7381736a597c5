import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { escapeName } from '../../lib/escape-text.ts';
import { plural } from '../../lib/format.ts';

/** The head of a capsule's processes. */
export function GroupRow(props: {
  readonly group: string;
  readonly members: number;
  /** How many selected processes its fold hides. */
  readonly selectedInside: number;
  readonly index: number;
  readonly top: number;
  readonly columns: number;
  readonly active: boolean;
  readonly folded: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const { group, members, selectedInside, index, top, columns, active, folded, onToggle } = props;
  const Icon = folded ? IconChevronRight : IconChevronDown;
  return (
    <div
      role="row"
      id={`process-group:${group}`}
      aria-rowindex={index + 2}
      aria-level={1}
      aria-expanded={!folded}
      className={active ? 'group-row active' : 'group-row'}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onToggle}
    >
      <div role="gridcell" aria-colspan={columns} className="cell">
        <Icon size={14} aria-hidden />
        <span className="group-name">{escapeName(group)}</span>
        <span className="quiet">{plural(members, 'process', 'processes')}</span>
        {selectedInside > 0 ? <span className="quiet">· {selectedInside} selected</span> : null}
      </div>
    </div>
  );
}
