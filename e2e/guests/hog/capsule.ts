import { log } from 'astrid:sys/host@1.0.0';
import { actions, type CapsuleResult } from '../../../capsules/sdk/actions.ts';

const STEP = 1 << 20;

const kept: Uint8Array[] = [];

const hook = actions({
  ping: () => ({ pong: true, mib: kept.length }),
});

/**
 * `grow` allocates and touches memory for ever and catches nothing, as a guest with a leak does. `ping` shows
 * that the next call works and how much this instance holds.
 */
export function astridHookTrigger(action: string, payload: Uint8Array): CapsuleResult {
  return action === 'grow' ? grow() : hook(action, payload);
}

function grow(): never {
  for (;;) {
    kept.push(new Uint8Array(STEP).fill(kept.length & 0xff));
    if (kept.length % 8 === 0) log('debug', `holding ${kept.length} MiB`);
  }
}
