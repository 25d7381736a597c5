import { noCapabilities, type Capabilities } from './capabilities.ts';

/** Everything that a capsule may do: its effective capabilities, and the topics of its manifest. */
export interface Rights extends Capabilities {
  /** Topics and patterns of `[subscribe]`. They have no grant of their own: a topic carries only what its publisher may tell. */
  readonly subscribe: readonly string[];
}

export const noRights: Rights = { ...noCapabilities, subscribe: [] };
