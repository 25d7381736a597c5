import { requestApproval } from 'astrid:approval/host@1.0.0';
import { hasSecret } from 'astrid:elicit/host@1.0.0';
import { fsExists } from 'astrid:fs/host@1.0.0';
import { identityListLinks } from 'astrid:identity/host@1.0.0';
import { poll } from 'astrid:io/poll@1.0.0';
import { publish } from 'astrid:ipc/host@1.0.0';
import { kvGet } from 'astrid:kv/host@1.0.0';
import { lookupHost } from 'astrid:net/host@1.0.0';
import { getConfig } from 'astrid:sys/host@1.0.0';
import { uplinkSend } from 'astrid:uplink/host@1.0.0';
import { hostFailure, type HostFailure } from '../../../capsules/sdk/host-error.ts';

/** What one call gave: its value, the host's error, or something that is neither. */
export type Outcome = { ok: unknown } | { err: HostFailure } | { threw: string };

/** A request for `http-request`, in either version of the package. */
export const REQUEST = { url: 'https://example.invalid/', method: { tag: 'get' as const }, headers: [] };

/**
 * One harmless call of each host package that has one version, chosen so that no 64-bit integer is passed:
 * those are numbers to one engine and bigints to another.
 */
const CALLS: Readonly<Record<string, () => unknown>> = {
  'approval@1.0.0': () => requestApproval({ action: 'test', targetResource: 'nothing' }),
  'elicit@1.0.0': () => hasSecret('nothing'),
  'fs@1.0.0': () => fsExists('cwd://nothing'),
  'identity@1.0.0': () => identityListLinks('nobody'),
  'io@1.0.0': () => poll([]),
  'ipc@1.0.0': () => publish('nothing.v1.nothing', '{}'),
  'kv@1.0.0': () => kvGet('nothing'),
  'net@1.0.0': () => lookupHost('example.invalid'),
  'sys@1.0.0': () => getConfig('nothing'),
  'uplink@1.0.0': () => uplinkSend('nothing', 'nobody', 'nothing'),
};

/** Makes every call, and those of `versioned`, and says what each gave, by package. */
export function callAll(versioned: Readonly<Record<string, () => unknown>>): Record<string, Outcome> {
  return Object.fromEntries(
    Object.entries({ ...CALLS, ...versioned }).map(([name, call]) => [name, outcome(call)]),
  );
}

function outcome(call: () => unknown): Outcome {
  try {
    const value = call();
    return { ok: value ?? null };
  } catch (caught) {
    const err = hostFailure(caught);
    return err === undefined ? { threw: String(caught) } : { err };
  }
}
