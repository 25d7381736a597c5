import * as poll from 'astrid:io/poll@1.0.0';
import * as ipc from 'astrid:ipc/host@1.0.0';
import * as process from 'astrid:process/host@1.1.0';
import * as sys from 'astrid:sys/host@1.0.0';
import type { CapsuleResult } from '../../../capsules/sdk/actions.ts';
import { answerProbe } from '../probe/answer.ts';

/** See README.md of `probe`; this one has the newer package. */
export function astridHookTrigger(action: string, payload: Uint8Array): CapsuleResult {
  return answerProbe({ ipc, poll, process, sys }, action, payload);
}
