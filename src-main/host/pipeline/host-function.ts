import type { Charge } from '../../policy/charges.ts';
import type { Gate } from '../../policy/gate.ts';
import type { Need } from '../../policy/need.ts';
import type { Rights } from '../../policy/rights.ts';
import type { HostInterfaces } from '../generated/interfaces.ts';
import type { CallHandles } from './call-handles.ts';
import type { HandleTable } from './handle-table.ts';
import type { WitError } from './wit-error.ts';

/** A host function's types, as `build/wit` generates them from the contract. */
export interface Signature {
  readonly params: readonly unknown[];
  readonly ok: unknown;
  readonly err: unknown;
}

/** Whom a call acts for, as the instance says. */
export interface Caller {
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

/** One call of a host function, as the function sees it. */
export interface Call extends Omit<Caller, 'handles'> {
  readonly handles: CallHandles;
  /** Asked again for what is known only while the function runs. */
  readonly gate: Gate;
}

/** Written out where a function needs no capability, with the reason; there is no default grant. */
export interface NeedsNothing {
  readonly nothing: string;
}

/**
 * One host function: what it acts on, what it needs and uses up, what is recorded, and its own business. Gate, charges,
 * cancellation and audit are the pipeline's.
 */
export interface HostFunctionRecord<S extends Signature, Subject> {
  /** It may wait. Only such a function, and the finding of its subject, is raced with a cancel, or refused after one. */
  readonly blocks?: true;
  readonly needs: NeedsNothing | ((subject: Subject) => readonly Need[]);
  readonly charges?: (subject: Subject) => readonly Charge[];
  /** `always`: one record a call. `refusals`: only when denied, over a charge or failed on the host's side. */
  readonly audit: 'always' | 'refusals';
  /** What it acts on and, where there is one, what came of it; for the audit. Never a value, an output or a process-id. */
  readonly target: (subject: Subject, result?: S['ok']) => string;
  /** What a function without an error type answers when it is refused. */
  readonly refused?: () => S['ok'];
  /** What a cancelled call answers where the contract names something for it; the interface's error otherwise. */
  readonly whenCancelled?: () => S['ok'] | WitError;
  /** Returns the ok value or throws `WitError`; a `TypedError` is mapped by the interface's table. */
  readonly run: (call: Call, subject: Subject, ...params: S['params']) => S['ok'] | Promise<S['ok']>;
}

/** A record with its subject closed over: what the pipeline runs. Made by `hostFunction` and `hostFunctionOn`. */
export interface HostFunction<S extends Signature> {
  readonly blocks: boolean;
  /** Why nothing is needed; null when something is. */
  readonly needsNothing: string | null;
  readonly audit: 'always' | 'refusals';
  readonly refused: (() => S['ok']) | undefined;
  readonly whenCancelled: (() => S['ok'] | WitError) | undefined;
  readonly prepare: (
    call: Call,
    params: S['params'],
  ) => PreparedCall<S['ok']> | Promise<PreparedCall<S['ok']>>;
}

/** One call whose subject is known. */
export interface PreparedCall<Ok> {
  readonly needs: () => readonly Need[];
  readonly charges: () => readonly Charge[];
  readonly target: (result?: Ok) => string;
  readonly run: () => Ok | Promise<Ok>;
}

/** A function that acts on its parameters as they are. */
export function hostFunction<S extends Signature>(
  record: HostFunctionRecord<S, S['params']>,
): HostFunction<S> {
  return close(record, (_call, params) => params);
}

/**
 * A function that acts on something its parameters name.
 *
 * @param subject finds it, once and without any effect: a handle's entry, a process, a request that was read
 */
export function hostFunctionOn<S extends Signature, Subject>(
  subject: (call: Call, ...params: S['params']) => Subject | Promise<Subject>,
  record: HostFunctionRecord<S, Subject>,
): HostFunction<S> {
  return close(record, (call, params) => subject(call, ...params));
}

/** A function whose answer needs no host state: the guest's worker answers it without a round trip. */
export interface AnsweredInGuest {
  readonly answeredInGuest: string;
}

export type InterfaceName = keyof HostInterfaces;

/** Every function of one interface; a missing or misspelt one does not compile. */
export type HostFunctions<Name extends InterfaceName> = {
  readonly [F in keyof HostInterfaces[Name]]: HostInterfaces[Name][F] extends Signature
    ? HostFunction<HostInterfaces[Name][F]> | AnsweredInGuest
    : never;
};

export function nothing(reason: string): NeedsNothing {
  return { nothing: reason };
}

function close<S extends Signature, Subject>(
  record: HostFunctionRecord<S, Subject>,
  find: (call: Call, params: S['params']) => Subject | Promise<Subject>,
): HostFunction<S> {
  const { needs, charges } = record;
  const about = (call: Call, params: S['params'], subject: Subject): PreparedCall<S['ok']> => ({
    needs: () => (typeof needs === 'function' ? needs(subject) : []),
    charges: () => charges?.(subject) ?? [],
    target: (result) => record.target(subject, result),
    run: () => record.run(call, subject, ...params),
  });
  return {
    blocks: record.blocks ?? false,
    needsNothing: typeof needs === 'function' ? null : needs.nothing,
    audit: record.audit,
    refused: record.refused,
    whenCancelled: record.whenCancelled,
    prepare: (call, params) => {
      const subject = find(call, params);
      return subject instanceof Promise
        ? subject.then((found) => about(call, params, found))
        : about(call, params, subject);
    },
  };
}
