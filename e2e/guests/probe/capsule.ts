import * as poll from 'astrid:io/poll@1.0.0';
import * as ipc from 'astrid:ipc/host@1.0.0';
import * as process from 'astrid:process/host@1.0.0';
import * as sys from 'astrid:sys/host@1.0.0';
import type { CapsuleResult } from '../../../capsules/sdk/actions.ts';
import { answerProbe } from './answer.ts';
import { pump } from './pump.ts';
import { toJson } from './values.ts';

/** See README.md. */
export function astridHookTrigger(action: string, payload: Uint8Array): CapsuleResult {
  const [verb, readers, prelude] = action.split(':');
  if (verb === 'pump') {
    const pumped = pump({ process, sys }, payload, Number(readers), Number(prelude));
    return { action: 'continue', data: JSON.stringify(toJson(pumped)) };
  }
  return answerProbe({ ipc, poll, process, sys }, action, payload);
}
