import type { ProcessView } from '../../../src-main/contract/views.ts';
import { filterText } from './columns.ts';

/** The selected processes that still exist. */
export interface Selection {
  /** Those that the filter lets through, in a folded group or not: only on these a command acts. */
  readonly shown: readonly ProcessView[];
  /** How many the filter hides. */
  readonly hidden: number;
}

/** True when the text filter lets a process through. */
export function matchesFilter(view: ProcessView, filter: string): boolean {
  return filterText(view).includes(filter.trim().toLowerCase());
}

/** The selected processes, told apart by the filter. */
export function selectionOf(
  processes: ReadonlyMap<string, ProcessView>,
  selected: readonly string[],
  filter: string,
): Selection {
  const existing = selected.flatMap((key) => processes.get(key) ?? []);
  const shown = existing.filter((view) => matchesFilter(view, filter));
  return { shown, hidden: existing.length - shown.length };
}

/** `2 selected`, and what the filter hides of them: `2 selected · 1 hidden by the filter`. */
export function formatSelection({ shown, hidden }: Selection): string {
  return hidden === 0
    ? `${shown.length} selected`
    : `${shown.length} selected · ${hidden} hidden by the filter`;
}
