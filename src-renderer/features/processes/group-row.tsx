import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { escapeName } from '../../lib/escape-text.ts';
import { plural } from '../../lib/words.ts';

/** The head of a capsule's processes. */
export function GroupRow(props: {
  readonly group: string;
  readonly members: number;
  /** How many ticked processes its fold hides. */
  readonly tickedInside: number;
  readonly index: number;
  readonly top: number;
  readonly columns: number;
  readonly active: boolean;
  readonly folded: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const { group, members, tickedInside, index, top, columns, active, folded, onToggle } = props;
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
        {tickedInside > 0 ? <span className="quiet">· {tickedInside} selected</span> : null}
      </div>
    </div>
  );
}
