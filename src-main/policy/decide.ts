import { allowsCommand, isHeld } from './capabilities.ts';
import { coversHome } from './file-places.ts';
import type { Need } from './need.ts';
import { pinnedPath, type ResolvedEntry } from './resolved-entry.ts';
import type { Rights } from './rights.ts';
import { covers } from './topics.ts';

/** An entry with the place that it is held to from now on. */
export type Pin = ResolvedEntry & { readonly real: string };

/** What the gate says of one need. */
export type Decision =
  /** `pin`: the entry led nowhere when it was granted, and is fixed at this first use. */
  | { readonly kind: 'allowed'; readonly pin: Pin | null }
  | { readonly kind: 'denied'; readonly reason: string }
  /** A person decides. */
  | { readonly kind: 'ask'; readonly question: string };

const ALLOWED: Decision = { kind: 'allowed', pin: null };

/**
 * The rules of the capability gate: whether the effective rights (asked ∩ granted) cover a need. Pure.
 *
 * @param pins where the capsule's granted names were found to lead
 */
export function decide(rights: Rights, pins: readonly ResolvedEntry[], need: Need): Decision {
  switch (need.kind) {
    case 'flag':
      return allowedIf(isHeld(rights, need.capability), `${need.capability} is not granted`);
    case 'command':
      return allowedIf(allowsCommand(rights, need.command), 'host_process does not cover the command');
    case 'subscribe':
      return allowedIf(
        rights.subscribe.some((entry) => covers(entry, need.pattern)),
        'no entry of [subscribe] covers the pattern',
      );
    case 'program':
      // Held to the list once more: what is pinned here counts as granted from then on.
      return !rights.host_process.includes(need.command)
        ? denied(`host_process does not list ${need.command}`)
        : need.pinned
          ? heldTo(pins, { kind: 'program', asked: need.command, real: need.real, note: '' })
          : ALLOWED;
    case 'folder': {
      const entries = need.access === 'read' ? rights.fs_read : rights.fs_write;
      return !entries.includes(need.entry)
        ? denied(`fs_${need.access} does not list ${need.entry}`)
        : need.pinned
          ? heldTo(
              pins,
              { kind: 'folder', asked: need.entry, real: need.held.path, note: '' },
              // A program's name is looked up in the system's folders; a folder's may lie in one that another capsule writes.
              need.path,
            )
          : ALLOWED;
    }
    case 'home':
      return allowedIf(coversHome(rights, need.path), `fs_read does not cover home://${need.path}`);
    case 'shared':
      return denied('there is no shared folder');
    case 'approval':
      return { kind: 'ask', question: need.question };
  }
}

/**
 * A name leads where it did at the grant; one that led nowhere then is fixed now.
 *
 * @param only where that may be, when it is not anywhere: nobody has seen where a link leads that was put there since
 */
function heldTo(pins: readonly ResolvedEntry[], pin: Pin, only: string = pin.real): Decision {
  const pinned = pinnedPath(pins, pin.kind, pin.asked);
  if (pinned === null) {
    return only === pin.real
      ? { kind: 'allowed', pin }
      : denied(
          `${pin.asked} did not resolve when it was granted and now resolves to ${pin.real}; reinstall the capsule to grant it`,
        );
  }
  return allowedIf(
    pinned === pin.real,
    `${pin.asked} now resolves to ${pin.real} but was granted as ${pinned}; reinstall the capsule to grant it`,
  );
}

function allowedIf(covered: boolean, reason: string): Decision {
  return covered ? ALLOWED : denied(reason);
}

function denied(reason: string): Decision {
  return { kind: 'denied', reason };
}
