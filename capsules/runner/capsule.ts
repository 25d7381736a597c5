import { spawn } from 'astrid:process/host@1.0.0';
import { actions } from '../sdk/actions.ts';
import { BadPayload, type Payload } from '../sdk/payload.ts';
import { encodeText } from '../sdk/text.ts';

/**
 * `run` takes `{ cmd, args?, stdin?, cwd?, env? }`, waits for the end and answers
 * `{ exitCode, signal, stdout, stderr }`. A program that fails is an answer. One that cannot be started is a
 * refusal, `{ "error": { "tag": … } }`, for example `capability-denied` for a command that is not in the manifest.
 */
export const astridHookTrigger = actions({ run });

function run(payload: Payload): object {
  const stdin = payload.text('stdin');
  const { exit, stdout, stderr } = spawn({
    cmd: payload.needText('cmd'),
    args: payload.texts('args'),
    env: environment(payload.raw('env')),
    stdin: stdin === undefined ? undefined : encodeText(stdin),
    cwd: payload.text('cwd'),
  });
  return { exitCode: exit.exitCode, signal: exit.signal, stdout, stderr };
}

function environment(value: unknown): { key: string; value: string }[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) throw new BadPayload('"env" must be an object');
  return Object.entries(value).map(([key, text]) => ({ key, value: String(text) }));
}
