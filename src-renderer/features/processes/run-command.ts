import type { ProcessView } from '../../../src-main/contract/views.ts';
import type { RowCommand } from './keys.ts';
import type { ProcessRowData } from './use-process-rows.ts';
import type { ProcessCommands } from './use-commands.ts';

/** Where the cursor is and what the list can do from there. */
export interface CommandPlace {
  readonly row: ProcessRowData | undefined;
  readonly at: number;
  readonly last: number;
  readonly page: number;
  /** Whether the capsule under the cursor is collapsed. */
  readonly folded: boolean;
  /** What the commands apply to: the selected processes that match the filter, or the one under the cursor. */
  readonly chosen: readonly ProcessView[];
  readonly commands: ProcessCommands;
  readonly moveTo: (index: number) => void;
  readonly fold: (group: string, folded: boolean) => void;
  readonly openLog: (key: string) => void;
  readonly openMenu: (key: string) => void;
  readonly toggle: (key: string) => void;
  readonly selectAll: () => void;
  readonly clear: () => void;
  readonly filter: () => void;
  readonly help: () => void;
}

/** Runs the command of a key; commands that do not apply to a process leave it alone. */
export function runCommand(command: RowCommand, place: CommandPlace): void {
  const { row, at, last, page, chosen, commands } = place;
  const live = chosen.filter((view) => view.phase !== 'exited');
  const keys = (views: readonly ProcessView[]): readonly string[] => views.map((view) => view.key);
  const item = row?.kind === 'item' ? row.item : null;
  const steps: Readonly<Record<RowCommand, () => void>> = {
    up: () => place.moveTo(at - 1),
    down: () => place.moveTo(at + 1),
    pageUp: () => place.moveTo(at - page),
    pageDown: () => place.moveTo(at + page),
    first: () => place.moveTo(0),
    last: () => place.moveTo(last),
    fold: () =>
      row === undefined ? undefined : place.fold(row.kind === 'group' ? row.group : row.item.capsule, true),
    unfold: () => (row?.kind === 'group' ? place.fold(row.group, false) : undefined),
    enter: () => (row?.kind === 'group' ? place.fold(row.group, !place.folded) : steps.logs()),
    logs: () => (item === null ? undefined : place.openLog(item.key)),
    stop: () => commands.stop(keys(live.filter((view) => view.stop === null))),
    cancelStop: () => commands.cancelStop(keys(live.filter((view) => view.stop !== null))),
    kill: () => commands.kill(live),
    freeze: () => commands.freeze(live),
    signal: () => (item === null || item.phase === 'exited' ? undefined : place.openMenu(item.key)),
    release: () => commands.release(keys(chosen.filter((view) => view.phase === 'exited'))),
    toggle: () => (item === null ? undefined : place.toggle(item.key)),
    selectAll: place.selectAll,
    clear: place.clear,
    filter: place.filter,
    help: place.help,
  };
  steps[command]();
}
