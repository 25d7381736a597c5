import type { Outer } from './outer.ts';

/** The same, but that whatever throws out there throws an error of this realm in here. */
export function guarded<Part extends Partial<Outer>>(outer: Part): Part {
  const entries = Object.entries(outer).map(
    ([name, run]) => [name, guardedFunction(run as AnyFunction)] as const,
  );
  return Object.fromEntries(entries) as unknown as Part;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

function guardedFunction(run: AnyFunction): AnyFunction {
  return (...args) => {
    let message: string;
    try {
      return run(...args);
    } catch (error) {
      message = messageOf(error);
    }
    // Outside of the `catch`, so that nothing of the other error is left in this one.
    throw new Error(message);
  };
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
