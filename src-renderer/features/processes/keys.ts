/** What a key does in the process list. */
export type RowCommand =
  | 'enter'
  | 'logs'
  | 'stop'
  | 'cancelStop'
  | 'kill'
  | 'freeze'
  | 'signal'
  | 'release'
  | 'toggle'
  | 'selectAll'
  | 'clear'
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'pageUp'
  | 'pageDown'
  | 'fold'
  | 'unfold'
  | 'filter'
  | 'help';

interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The command of a key in the list, null when the list has none for it. Letters count with and without Shift. */
export function commandOf({ key, ctrlKey, metaKey, altKey }: KeyStroke): RowCommand | null {
  if (altKey) {
    return null;
  }
  if (ctrlKey || metaKey) {
    return key.toLowerCase() === 'a' ? 'selectAll' : null;
  }
  return BY_KEY[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

const BY_KEY: Readonly<Record<string, RowCommand>> = {
  Enter: 'enter',
  l: 'logs',
  s: 'stop',
  c: 'cancelStop',
  k: 'kill',
  f: 'freeze',
  g: 'signal',
  r: 'release',
  ' ': 'toggle',
  Escape: 'clear',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  ArrowLeft: 'fold',
  ArrowRight: 'unfold',
  '/': 'filter',
  '?': 'help',
};

/** The keyboard help, in the order one learns it. */
export const keyHelp: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['↑', '↓', 'Home', 'End'], does: 'Move between processes' },
  { keys: ['←', '→'], does: 'Collapse or expand a capsule' },
  { keys: ['Enter'], does: 'Open the log; collapse or expand a capsule' },
  {
    keys: ['Space'],
    does: 'Select; commands then apply to all selected processes that match the filter',
  },
  { keys: ['Ctrl', 'A'], does: 'Select all that match the filter' },
  { keys: ['S'], does: 'Stop: TERM, then KILL after 5 s' },
  { keys: ['C'], does: 'Cancel a stop before its KILL' },
  { keys: ['K'], does: 'Kill, after confirmation' },
  { keys: ['F'], does: 'Freeze or thaw' },
  { keys: ['G'], does: 'Send a signal to this process only' },
  { keys: ['R'], does: 'Discard an exited process and its log' },
  { keys: ['/'], does: 'Filter by words and fields: capsule:team7 -state:exited' },
  { keys: ['Esc'], does: 'Clear the selection' },
  { keys: ['Home'], does: 'In the log: go to the oldest retained output' },
  { keys: ['End'], does: 'In the log: follow the output' },
];
