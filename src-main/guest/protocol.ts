import type { GuestExport } from '../bridge/codec/guest-functions.ts';
import type { PlannedModule, RealmOutcome } from './realm/outer.ts';

/** A core module, its memories capped by the share it has of the guest's memory: compiled, or its bytes. */
export interface GuestModule extends Omit<PlannedModule, 'name'> {
  readonly code: WebAssembly.Module | Uint8Array<ArrayBuffer>;
}

/** What the supervisor gives a guest at its start. */
export interface GuestStart {
  /** The transpiled component: one script and its core modules. */
  readonly script: string;
  readonly modules: ReadonlyMap<string, GuestModule>;
  /** Names of the host interfaces that the component imports. */
  readonly imports: readonly string[];
  /** Held capability names in byte order, for `enumerate-capabilities`. */
  readonly capabilities: readonly string[];
  /** `process.hrtime` of the application's start, so that the monotonic clock is one for all guests. */
  readonly monotonicAnchorNs: bigint;
}

/** One call of an export. */
export interface GuestCall {
  readonly id: number;
  readonly export: GuestExport;
  /** The arguments, encoded. */
  readonly frame: Uint8Array<ArrayBuffer>;
}

/** Guest to supervisor. `memoryBytes` is how much is taken of what all its memories may grow to together. */
export type GuestMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'refused'; readonly message: string }
  | ({ readonly id: number } & RealmOutcome);
