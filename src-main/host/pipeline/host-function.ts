import type { Need, Rights } from '../../policy/gate.ts';
import type { QuotaName } from '../../policy/quota.ts';
import type { HostInterfaces } from '../generated/interfaces.ts';
import type { HandleTable } from './handle-table.ts';

/** A host function's types, as `build/wit` generates them from the contract. */
export interface Signature {
  readonly params: readonly unknown[];
  readonly ok: unknown;
  readonly err: unknown;
}

/** Who a call acts for and what it may use. One per question of a guest. */
export interface Call {
  readonly capsule: string;
  /** UUIDv5 of the capsule's name and content (spec of `source-id`). */
  readonly capsuleUuid: string;
  readonly principal: string;
  /** Asked ∩ granted. */
  readonly rights: Rights;
  /** The invocation that the guest is serving; null while its run loop or a life-cycle hook is. */
  readonly invocation: Invocation | null;
  /** Aborted when the invocation is cancelled or over its deadline, or the instance ends. */
  readonly signal: AbortSignal;
  readonly handles: HandleTable;
  /** Tells the supervisor that the guest's run loop is ready. */
  readonly ready: () => void;
}

export interface Invocation {
  readonly id: string;
  /** UUID of who asked; all zero for the operator. */
  readonly sourceId: string;
  /** RFC 3339. */
  readonly timestamp: string;
}

/** Written out where a function needs no capability, with the reason; there is no default grant. */
export interface NeedsNothing {
  readonly nothing: string;
}

/**
 * One host function: what it needs, what is recorded and its own business. Gate, quota, cancellation
 * and audit are the pipeline's.
 */
export interface HostFunction<S extends Signature> {
  readonly needs: NeedsNothing | ((...params: S['params']) => readonly Need[]);
  /** `always`: one record a call. `refusals`: only when denied, over quota or failed on the host's side. */
  readonly audit: 'always' | 'refusals';
  /** What it acts on, for the audit; never a value, an output or a process-id. */
  readonly target: (...params: S['params']) => string;
  readonly quota?: QuotaName;
  /** What a function without an error type answers when it is refused. */
  readonly refused?: () => S['ok'];
  /** What a cancelled call answers where the contract names a value for it; the interface's error otherwise. */
  readonly whenCancelled?: () => S['ok'];
  /** Returns the ok value or throws `WitError`; a `TypedError` is mapped by the interface's table. */
  readonly run: (call: Call, ...params: S['params']) => S['ok'] | Promise<S['ok']>;
}

/** A function whose answer needs no host state: the guest's worker answers it without a round trip. */
export interface AnsweredInGuest {
  readonly answeredInGuest: string;
}

/** How an interface says, in its own error type, what the pipeline decides. */
export interface InterfaceErrors<Payload> {
  readonly denied: Payload;
  readonly quota: Payload;
  readonly cancelled: Payload;
  readonly unknown: (text: string) => Payload;
  /** Codes of `TypedError`s thrown below the interface. What is not listed becomes `unknown`. */
  readonly byCode: Readonly<Partial<Record<string, (error: Error) => Payload>>>;
}

export type InterfaceName = keyof HostInterfaces;

/** Every function of one interface; a missing or misspelt one does not compile. */
export type HostFunctions<Name extends InterfaceName> = {
  readonly [F in keyof HostInterfaces[Name]]: HostInterfaces[Name][F] extends Signature
    ? HostFunction<HostInterfaces[Name][F]> | AnsweredInGuest
    : never;
};

export interface HostInterface<Name extends InterfaceName> {
  readonly name: Name;
  readonly errors: InterfaceErrors<unknown>;
  readonly functions: HostFunctions<Name>;
}

export function nothing(reason: string): NeedsNothing {
  return { nothing: reason };
}
