import { allowsCommand, isHeld, noCapabilities, type Capabilities } from './capabilities.ts';
import { covers } from './topics.ts';

/** Everything that a capsule may do: its effective capabilities, and the topics of its manifest. */
export interface Rights extends Capabilities {
  /** Topics and patterns of `[subscribe]`. They have no grant of their own: a topic carries only what its publisher may tell. */
  readonly subscribe: readonly string[];
}

export const noRights: Rights = { ...noCapabilities, subscribe: [] };

/** What a host function needs for one call, made from its arguments. */
export type Need =
  | { readonly kind: 'flag'; readonly capability: 'allow_persistent' | 'uplink' | 'allow_prompt_injection' }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'subscribe'; readonly pattern: string };

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/**
 * The capability gate: every need must be covered by the effective rights (asked ∩ granted).
 * Pure; the first need that is not covered decides.
 */
export function decide(rights: Rights, needs: readonly Need[]): Decision {
  for (const need of needs) {
    const refusal = refuse(rights, need);
    if (refusal !== undefined) {
      return { allowed: false, reason: refusal };
    }
  }
  return { allowed: true };
}

function refuse(rights: Rights, need: Need): string | undefined {
  switch (need.kind) {
    case 'flag':
      return isHeld(rights, need.capability) ? undefined : `${need.capability} is not granted`;
    case 'command':
      return allowsCommand(rights, need.command) ? undefined : `host_process does not cover the command`;
    case 'subscribe':
      return rights.subscribe.some((entry) => covers(entry, need.pattern))
        ? undefined
        : 'no entry of [subscribe] covers the pattern';
  }
}
