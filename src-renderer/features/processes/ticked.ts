import type { ProcessView } from '../../../src-main/contract/views.ts';
import { filterText } from './columns.ts';

/** The ticked processes that still exist. */
export interface Ticked {
  /** Those that the filter lets through, in a folded group or not: only on these a verb acts. */
  readonly shown: readonly ProcessView[];
  /** How many the filter hides. */
  readonly hidden: number;
}

/** True when the text filter lets a process through. */
export function matchesFilter(view: ProcessView, filter: string): boolean {
  return filterText(view).includes(filter.trim().toLowerCase());
}

/** The ticked processes, told apart by the filter. */
export function tickedOf(
  processes: ReadonlyMap<string, ProcessView>,
  selected: readonly string[],
  filter: string,
): Ticked {
  const ticked = selected.flatMap((key) => processes.get(key) ?? []);
  const shown = ticked.filter((view) => matchesFilter(view, filter));
  return { shown, hidden: ticked.length - shown.length };
}

/** `2 selected`, and what the filter hides of them: `2 selected · 1 hidden by the filter`. */
export function tickedInWords({ shown, hidden }: Ticked): string {
  return hidden === 0
    ? `${shown.length} selected`
    : `${shown.length} selected · ${hidden} hidden by the filter`;
}
