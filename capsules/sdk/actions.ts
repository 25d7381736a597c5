import { log } from 'astrid:sys/host@1.0.0';
import { describe, hostFailure } from './host-error.ts';
import { BadPayload, Payload } from './payload.ts';

/**
 * What the host gets back: `continue` with an answer, `final` to end a chain of handlers, `deny` or `abort`
 * to refuse with a reason.
 */
export interface CapsuleResult {
  action: 'continue' | 'final' | 'deny' | 'abort';
  data?: string;
}

/** One action: what it returns becomes the answer as JSON; what it throws becomes a refusal. */
export type Handler = (payload: Payload) => unknown;

/** What a capsule says about a tool it offers: the answer to `tool_describe`. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** A JSON schema of the arguments. */
  readonly input_schema: Readonly<Record<string, unknown>>;
}

/**
 * The capsule's hook trigger over a table of actions:
 * `export const astridHookTrigger = actions({ greet: (payload) => … })`.
 *
 * An exception that left the guest would trap and cost the instance, so nothing leaves: a failed host call is
 * denied as `{"error":{"tag":…}}`, anything else with its message, which is logged as well. An action that is
 * not in the table is denied as `unknown hook action: <name>`; with `tools`, `tool_describe` is answered.
 */
export function actions(
  table: Readonly<Record<string, Handler>>,
  tools: readonly Tool[] = [],
): (action: string, payload: Uint8Array) => CapsuleResult {
  const handlers = new Map(Object.entries(table));
  if (tools.length > 0) handlers.set('tool_describe', () => ({ tools }));
  return (action, payload) => {
    const handler = handlers.get(action);
    if (handler === undefined) return { action: 'deny', data: `unknown hook action: ${action}` };
    try {
      const answer = handler(Payload.parse(payload));
      return answer === undefined
        ? { action: 'continue' }
        : { action: 'continue', data: JSON.stringify(answer) };
    } catch (caught) {
      return refusal(action, caught);
    }
  };
}

function refusal(action: string, caught: unknown): CapsuleResult {
  const failure = hostFailure(caught);
  if (!(caught instanceof BadPayload)) {
    log(failure === undefined ? 'error' : 'warn', `${action} failed: ${describe(caught)}`);
  }
  return {
    action: 'deny',
    data: failure === undefined ? describe(caught) : JSON.stringify({ error: failure }),
  };
}
