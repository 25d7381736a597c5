import type { TreeOptions, TreeSample } from '../proc/tree-usage.ts';

/** Where a tree of processes hangs. */
export interface TreeRoot {
  /** The init of the sandbox. */
  readonly init: number;
  /** The outer bubblewrap, init's parent. */
  readonly outer: number;
  /** One element, shared: 1 from the turn on in which the outer one was reaped. */
  readonly reaped: Int32Array;
}

export interface LookRequest extends TreeRoot {
  readonly kind: 'look';
  readonly id: number;
  readonly options: TreeOptions;
}

export interface SignalRequest extends TreeRoot {
  readonly kind: 'signal';
  readonly id: number;
  readonly signal: number;
}

export type TreeRequest = LookRequest | SignalRequest;

export type TreeReply =
  | { readonly kind: 'looked'; readonly id: number; readonly sample: TreeSample | null }
  | { readonly kind: 'signalled'; readonly id: number; readonly reached: boolean };
