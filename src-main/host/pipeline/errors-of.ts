import type { TypedError } from '../../base/typed-error.ts';
import type { HostInterfaces } from '../generated/interfaces.ts';
import type { HostFunctions, InterfaceName, Signature } from './host-function.ts';

/** How an interface says, in its own error type, what the pipeline decides. Null: none of its functions ever is. */
export interface InterfaceErrors<Payload> {
  readonly denied: Payload | null;
  readonly quota: Payload | null;
  readonly cancelled: Payload | null;
  readonly unknown: (text: string) => Payload;
  /** Codes of `TypedError`s thrown below the interface. What is not listed becomes `unknown`. */
  readonly byCode: Readonly<Partial<Record<string, (error: TypedError) => Payload>>>;
}

export interface HostInterface<Name extends InterfaceName> {
  readonly name: Name;
  readonly errors: InterfaceErrors<unknown>;
  readonly functions: HostFunctions<Name>;
}

/** What the functions of an interface fail with, as the contract has it. */
export type ErrorOf<Name extends InterfaceName> = {
  [F in keyof HostInterfaces[Name]]: HostInterfaces[Name][F] extends Signature
    ? HostInterfaces[Name][F]['err']
    : never;
}[keyof HostInterfaces[Name]];

/** Cases without a payload. */
type PlainTag<E> = E extends { readonly tag: string; readonly val: unknown }
  ? never
  : E extends { readonly tag: infer Tag extends string }
    ? Tag
    : never;

/** Cases with a text. */
type TextTag<E> = E extends { readonly tag: infer Tag extends string; readonly val: string } ? Tag : never;

/** May be left out where the interface has a plain case of that name; must be said otherwise. */
type Said<E, Key extends string, Tag extends string> = [Tag] extends [PlainTag<E>]
  ? { readonly [K in Key]?: E | null }
  : { readonly [K in Key]: E | null };

type SaidUnknown<E> = ['unknown'] extends [TextTag<E>]
  ? { readonly unknown?: (text: string) => E }
  : { readonly unknown: (text: string) => E };

/** @typeParam Code every code that is thrown below the interface */
export type ErrorTable<E, Code extends string> = Said<E, 'denied', 'capability-denied'> &
  Said<E, 'quota', 'quota'> &
  Said<E, 'cancelled', 'cancelled'> &
  SaidUnknown<E> & {
    /** A case of the interface without a payload, or what makes one. */
    readonly byCode: { readonly [C in Code]: PlainTag<E> | ((error: TypedError) => E) };
  };

interface LooseTable {
  readonly denied?: unknown;
  readonly quota?: unknown;
  readonly cancelled?: unknown;
  readonly unknown?: (text: string) => unknown;
  readonly byCode: Readonly<Record<string, string | ((error: TypedError) => unknown)>>;
}

/**
 * The errors of an interface, from the cases that the contract gives it: `capability-denied`, `quota`, `cancelled` and
 * `unknown` where it has them; a table that leaves out what it has not does not compile.
 */
export function errorsOf<Name extends InterfaceName, Code extends string = never>(
  table: ErrorTable<ErrorOf<Name>, Code>,
): InterfaceErrors<unknown> {
  const { denied, quota, cancelled, unknown, byCode }: LooseTable = table;
  return {
    denied: denied === undefined ? { tag: 'capability-denied' } : denied,
    quota: quota === undefined ? { tag: 'quota' } : quota,
    cancelled: cancelled === undefined ? { tag: 'cancelled' } : cancelled,
    unknown: unknown ?? ((text) => ({ tag: 'unknown', val: text })),
    byCode: Object.fromEntries(
      Object.entries(byCode).map(([code, said]) => [
        code,
        typeof said === 'function' ? said : () => ({ tag: said }),
      ]),
    ),
  };
}
