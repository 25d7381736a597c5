import { readSince, spawnPersistent } from 'astrid:process/host@1.0.0';
import { actions } from '../../../capsules/sdk/actions.ts';
import type { Payload } from '../../../capsules/sdk/payload.ts';
import { Process } from '../../../capsules/sdk/process.ts';

const READ_BYTES = 1 << 20;

/**
 * `start` `{ cmd, args?, label?, ringBytes?, overflow? }` answers `{ id }`; `status` and `stop` take `{ id }`;
 * `drain` `{ id, token? }` reads stdout to its present end and answers how many bytes it read and missed.
 */
export const astridHookTrigger = actions({
  start,
  status: (payload) => new Process(payload.needText('id')).status(),
  stop: (payload) => new Process(payload.needText('id')).stop(),
  drain,
});

function start(payload: Payload): object {
  const id = spawnPersistent({
    cmd: payload.needText('cmd'),
    args: payload.texts('args'),
    env: [],
    label: payload.text('label') ?? 'flood',
    logRingBytes: payload.number('ringBytes'),
    overflow: payload.text('overflow') === 'backpressure' ? 'backpressure' : 'drop-oldest',
  });
  return { id };
}

function drain(payload: Payload): object {
  const id = payload.needText('id');
  let token = payload.text('token') ?? null;
  let read = 0;
  let dropped = 0;
  for (;;) {
    const chunk = readSince(id, 'stdout', { token }, READ_BYTES);
    token = chunk.next.token ?? null;
    read += chunk.data.length;
    dropped += chunk.bytesDropped;
    if (chunk.data.length === 0) return { read, dropped, token, ended: chunk.drainedEof };
  }
}
