import { isInit } from '../proc/process-stats.ts';
import type { TreeRoot } from './protocol.ts';

/** Whether the number of a sandbox's init is still its own. */
export function isThere({ init, outer, reaped }: TreeRoot): boolean {
  return Atomics.load(reaped, 0) === 0 && isInit(init, outer);
}
