import type { ProcessView } from '../../../src-main/contract/views.ts';
import { compileFilter } from './process-filter.ts';

/** The selected processes that still exist. */
export interface Selection {
  /** Those that match the filter, in a collapsed group or not: commands apply only to these. */
  readonly shown: readonly ProcessView[];
  /** How many the filter hides. */
  readonly hidden: number;
}

/** The selected processes, split by the filter. */
export function selectionOf(
  processes: ReadonlyMap<string, ProcessView>,
  selected: readonly string[],
  filter: string,
): Selection {
  const existing = selected.flatMap((key) => processes.get(key) ?? []);
  const shown = existing.filter(compileFilter(filter));
  return { shown, hidden: existing.length - shown.length };
}

/** `2 selected`, plus how many of them the filter hides: `2 selected · 1 hidden by the filter`. */
export function formatSelection({ shown, hidden }: Selection): string {
  return hidden === 0
    ? `${shown.length} selected`
    : `${shown.length} selected · ${hidden} hidden by the filter`;
}
