/**
 * What the realm of a component is given from outside. Only text, numbers and arrays of the realm's own cross, either way:
 * an object of the outer realm leads to its functions, and those to everything. The component's script may have replaced every
 * function of the language in here, so nothing out there may call a method of what it is given.
 */
export interface Outer {
  /** Sends a request and blocks until the answer is there; its size in bytes, for `take`. */
  readonly exchange: (frame: Uint8Array<ArrayBuffer>) => number;
  /** Copies the answer, or the call to make, to an array of its size. */
  readonly take: (into: Uint8Array) => void;
  /** A script of the component, or null; its value is jco's `instantiate`. Evaluated in the realm. */
  readonly evaluate: () => unknown;
  /** With the realm's own prototype. */
  readonly moduleOf: (name: string) => WebAssembly.Module | null;
  readonly monotonicNs: () => bigint;
  readonly random: (into: Uint8Array) => void;
  /** Null for bytes that are no text. */
  readonly decode: (encoding: 'utf-8' | 'utf-16', bytes: Uint8Array) => string | null;
  /** Puts UTF-16 units read and bytes written into `counts`. */
  readonly encodeInto: (text: string, into: Uint8Array, counts: Uint32Array) => void;
}

/** What the realm must know of the component, as JSON. */
export interface RealmStart {
  readonly modules: readonly PlannedModule[];
  /** Names of the host interfaces that the component imports. */
  readonly imports: readonly string[];
  /** Held capability names in byte order, for `enumerate-capabilities`. */
  readonly capabilities: readonly string[];
}

/** A core module, its memories capped by the share it has of the guest's memory. */
export interface PlannedModule {
  readonly name: string;
  /** How many instances of it the memory was shared out for. */
  readonly instances: number;
  /** What the memories of one instance may grow to together. */
  readonly memoryBytes: number;
}

/** How a call ended, in the realm's own values. */
export type RealmOutcome =
  | { readonly kind: 'returned'; readonly frame: Uint8Array<ArrayBuffer>; readonly memoryBytes: number }
  | { readonly kind: 'trapped'; readonly message: string; readonly memoryBytes: number };

/** What the outer realm does with the component in the inner one. */
export interface Realm {
  /** @param frameBytes size of the call's message, for `Outer.take` */
  readonly call: (name: string, frameBytes: number) => RealmOutcome;
}
