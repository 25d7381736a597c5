import type { CapsuleResult } from '../../../capsules/sdk/actions.ts';

let calls = 0;

/**
 * Without the library's safety net: `throw` lets an exception out, which traps; `recurse` runs out of stack;
 * `clock` asks an engine without a clock for the time; anything else answers. `calls` is 1 in a fresh instance.
 */
export function astridHookTrigger(action: string, _payload: Uint8Array): CapsuleResult {
  calls += 1;
  if (action === 'throw') throw new Error('uncaught in the guest');
  if (action === 'recurse') return { action: 'continue', data: String(depth(0)) };
  if (action === 'clock') return { action: 'continue', data: String(Date.now()) };
  return { action: 'continue', data: JSON.stringify({ pong: true, calls }) };
}

function depth(level: number): number {
  return depth(level + 1) + 1;
}
