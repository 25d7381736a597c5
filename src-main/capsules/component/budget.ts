import type { TypedError } from '../../base/typed-error.ts';
import { capsuleError, type CapsuleErrorCode } from '../errors.ts';
import {
  MAX_COMPONENT_ITEMS,
  MAX_CORE_FUNCTIONS,
  MAX_CORE_GLOBALS,
  MAX_CORE_LOCALS,
  MAX_CORE_SEGMENTS,
  MAX_CORE_TYPES,
  MAX_TYPE_PARTS,
} from '../limits.ts';

const LIMITS = {
  items: { most: MAX_COMPONENT_ITEMS, words: 'names, types and sections' },
  typeParts: { most: MAX_TYPE_PARTS, words: 'parts of component types' },
  coreTypes: { most: MAX_CORE_TYPES, words: 'core types' },
  functions: { most: MAX_CORE_FUNCTIONS, words: 'core functions' },
  locals: { most: MAX_CORE_LOCALS, words: 'local variables' },
  globals: { most: MAX_CORE_GLOBALS, words: 'core globals' },
  segments: { most: MAX_CORE_SEGMENTS, words: 'data and element segments' },
} as const;

export type Counted = keyof typeof LIMITS;

/** What may still be read of a component, all that is nested in it together. */
export class Budget {
  readonly #spent = new Map<Counted, number>();

  /** @throws TypedError `component-too-large` with what there is too much of, and where that was noticed */
  spend(what: Counted, count: number, where: string): void {
    const spent = (this.#spent.get(what) ?? 0) + count;
    const { most, words } = LIMITS[what];
    if (spent > most) {
      throw tooLarge(`more than ${most} ${words}`, where);
    }
    this.#spent.set(what, spent);
  }
}

/** @param what such as `more than 5 tables` */
export function tooLarge(what: string, where: string): TypedError<CapsuleErrorCode> {
  return capsuleError(
    'component-too-large',
    `The component has ${what}; the limit was reached in ${where}.`,
    'Build it from fewer or smaller parts.',
  );
}
