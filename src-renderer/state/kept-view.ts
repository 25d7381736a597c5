import { persist, type PersistStorage } from 'zustand/middleware';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { defaultView, type ViewState } from './view.ts';

/** A place that keeps text, such as the page's local storage. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const NAME = 'capsule-desktop.view';

/** Raise it when a field changes its meaning; `migrate` is then told what was written with which. */
const VERSION = 1;

/** The view as it was left; a memory that fails or holds nonsense only costs what it would have kept. */
export function createView(memory: Memory): StoreApi<ViewState> {
  return createStore<ViewState>()(
    persist(() => defaultView, {
      name: NAME,
      version: VERSION,
      storage: storageIn(memory),
      partialize: readView,
      // The fields of every version so far mean the same; what one does not have is as at the first start.
      migrate: (kept) => kept,
      merge: readView,
    }),
  );
}

/** A view from what may be anything: each field is taken when it can be one, else its default. */
export function readView(kept: unknown): ViewState {
  const from = objectOf(kept);
  const valid = Object.entries(fields).flatMap(([name, isValid]) =>
    isValid(from[name]) ? [[name, from[name]]] : [],
  );
  return { ...defaultView, ...(Object.fromEntries(valid) as Partial<ViewState>) };
}

/** Errors of reading are left to `persist`: it starts with the defaults. One of writing would reach whoever changes the view. */
function storageIn(memory: Memory): PersistStorage<unknown> {
  return {
    getItem(name) {
      const text = memory.getItem(name);
      if (text === null) {
        return null;
      }
      const kept: unknown = JSON.parse(text);
      // Before there were versions the bare state was kept.
      const { state = kept, version = 0 } = objectOf(kept);
      return { state, version: Number(version) };
    },
    setItem(name, value) {
      try {
        memory.setItem(name, JSON.stringify(value));
      } catch {
        // Full or forbidden: the window works on without being remembered.
      }
    },
    removeItem: (name) => memory.removeItem(name),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

function isOneOf<const T>(...choices: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => choices.includes(value as T);
}

/** The type makes the table complete: a field without a rule does not compile. */
const fields: { readonly [Name in keyof ViewState]: (value: unknown) => value is ViewState[Name] } = {
  place: isOneOf('processes', 'capsules'),
  scheme: isOneOf('auto', 'light', 'dark'),
  filter: isText,
  sortColumn: isText,
  sortDescending: isBoolean,
  grouped: isBoolean,
  collapsed: isTexts,
  selected: isTexts,
  openLog: isText,
  tableShare: (value): value is number => typeof value === 'number' && value >= 15 && value <= 85,
  logMode: isOneOf('stdout', 'stderr', 'both'),
  wrap: isBoolean,
  times: isOneOf('off', 'relative', 'local'),
  capsule: isText,
};

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
