import { httpRequest } from 'astrid:http/host@1.1.0';
import { status } from 'astrid:process/host@1.1.0';
import { callAll, REQUEST } from '../stubs/calls.ts';

/**
 * `call` makes one call of each host package, newer versions, and answers what each gave; `echo` gives its
 * payload back; any other action is denied.
 */
export function astridHookTrigger(action: string, payload: Uint8Array): { action: string; data?: string } {
  if (action === 'echo') return { action: 'continue', data: new TextDecoder().decode(payload) };
  if (action !== 'call') return { action: 'deny', data: `unknown hook action: ${action}` };
  const outcomes = callAll({
    'http@1.1.0': () => httpRequest(REQUEST),
    'process@1.1.0': () => status('nothing'),
  });
  return { action: 'continue', data: JSON.stringify(outcomes) };
}
