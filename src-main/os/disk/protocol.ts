import type { TreeRoot } from '../trees/protocol.ts';
import type { DiskUse } from './disk-meter.ts';
import type { OpenUse } from './unlinked-files.ts';

/** What is to be measured. */
export interface DiskQuestion {
  /** Paths. */
  readonly folders: readonly string[];
  /** Sandboxes whose programs may have files of these folders open that have no name any more. */
  readonly trees: readonly TreeRoot[];
  /** The look is broken off when there are more of them. */
  readonly maxEntries: number;
}

/** In the order of the question. What could be counted twice is counted where it was met first, folders first. */
export interface DiskSample {
  readonly folders: readonly DiskUse[];
  readonly trees: readonly OpenUse[];
  /** What was moved meanwhile may have been missed. */
  readonly unsteady: boolean;
  /** Why there is more than was counted, or may be: a sentence for people. Null when everything was. */
  readonly problem: string | null;
}

export interface DiskRequest extends DiskQuestion {
  readonly id: number;
}

export interface DiskReply extends DiskSample {
  readonly id: number;
}
