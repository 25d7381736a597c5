import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

/** How the window looks and what is chosen in it. Kept over a reload and a restart. */
export interface ViewState {
  readonly place: 'processes' | 'capsules';
  readonly scheme: 'auto' | 'light' | 'dark';
  readonly filter: string;
  readonly sortColumn: string;
  readonly sortDescending: boolean;
  readonly grouped: boolean;
  /** Capsules whose processes are folded away. */
  readonly collapsed: readonly string[];
  /** Keys of selected processes. */
  readonly selected: readonly string[];
  /** Key of the process whose log is open; empty for none. */
  readonly openLog: string;
  /** Share of the table's height when a log is open, percent. */
  readonly tableShare: number;
  readonly logMode: 'stdout' | 'stderr' | 'both';
  readonly wrap: boolean;
  readonly times: 'off' | 'relative' | 'local';
  /** Id of the capsule on show; empty for the first. */
  readonly capsule: string;
}

/** A place that keeps text, such as the page's local storage. */
export interface Memory {
  readonly getItem: (name: string) => string | null;
  readonly setItem: (name: string, text: string) => void;
}

export const defaultView: ViewState = {
  place: 'processes',
  scheme: 'auto',
  filter: '',
  sortColumn: 'startedAt',
  sortDescending: false,
  grouped: true,
  collapsed: [],
  selected: [],
  openLog: '',
  tableShare: 55,
  logMode: 'both',
  wrap: false,
  times: 'off',
  capsule: '',
};

/** The view as it was left; a memory that fails or holds nonsense only costs what it would have kept. */
export function createView(memory: Memory): StoreApi<ViewState> {
  const store = createStore<ViewState>(() => readView(recall(memory)));
  store.subscribe((state) => {
    try {
      memory.setItem(NAME, JSON.stringify(state));
    } catch {
      // Full or forbidden: the window works on without being remembered.
    }
  });
  return store;
}

/** A view from text that may be anything: each field is taken when it has the right kind, else its default. */
export function readView(text: string | null): ViewState {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? 'null');
  } catch {
    return defaultView;
  }
  const from: Record<string, unknown> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const view: Record<string, unknown> = { ...defaultView };
  for (const [name, fallback] of Object.entries(defaultView)) {
    const value = from[name];
    if (isLike(name, value, fallback)) {
      view[name] = value;
    }
  }
  // Every field has the kind of its default or is one of its choices: checked above, field by field.
  return view as unknown as ViewState;
}

const NAME = 'capsule-desktop.view';

const choices: Readonly<Record<string, readonly string[]>> = {
  place: ['processes', 'capsules'],
  scheme: ['auto', 'light', 'dark'],
  logMode: ['stdout', 'stderr', 'both'],
  times: ['off', 'relative', 'local'],
};

function isLike(name: string, value: unknown, fallback: unknown): boolean {
  if (Array.isArray(fallback)) {
    return Array.isArray(value) && value.every((item) => typeof item === 'string');
  }
  if (name === 'tableShare') {
    return typeof value === 'number' && value >= 15 && value <= 85;
  }
  const allowed = choices[name];
  return typeof value === typeof fallback && (allowed === undefined || allowed.includes(String(value)));
}

function recall(memory: Memory): string | null {
  try {
    return memory.getItem(NAME);
  } catch {
    return null;
  }
}
