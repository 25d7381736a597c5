import type { Handle } from '../generated/handle.ts';

/**
 * A kind of resource: its full name in the contract, and what the host keeps behind a handle of it. One object for each
 * kind; the handle table compares the objects, so a handle of another kind or version is never taken for it.
 */
export interface Resource<Name extends string, T> {
  readonly name: Name;
  /** In types only: what a handle of it stands for. */
  readonly __value?: T;
}

/** The handles of a kind of resource, as the contract's functions take and return them. */
export type HandleOf<R> = R extends Resource<infer Name, unknown> ? Handle<Name> : never;

/** @param name e.g. `astrid:io/streams@1.0.0#input-stream` */
export function resource<T>() {
  return <const Name extends string>(name: Name): Resource<Name, T> => ({ name });
}
