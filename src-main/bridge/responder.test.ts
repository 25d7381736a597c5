import { expect, it } from 'vitest';
import type { Outcome } from '../base/outcome.ts';
import { HOST_FRAME } from './codec/limits.ts';
import { Operations, requestFrame } from './codec/operations.ts';
import { createFrameResponder, type Responder } from './responder.ts';

const CHECK = 'astrid:sys/host@1.0.0#get-config';
const guest = new Operations({ toNumber: (value) => value as number, fromNumber: (handle) => handle });
const operation = guest.named(CHECK);

/** What the guest gets, and what the host is told beside it. */
async function asked(respond: Responder, frame: Uint8Array = requestFrame(operation, ['key'])) {
  const undecodable: string[] = [];
  const failures: unknown[] = [];
  const responder = createFrameResponder(respond, {
    onUndecodable: ({ message }) => undecodable.push(message),
    onFailure: (error) => failures.push(error),
  });
  return { outcome: operation.codec.readOutcome(await responder(frame), HOST_FRAME), undecodable, failures };
}

const answer = (outcome: unknown) => (): Promise<Outcome> => Promise.resolve(outcome as Outcome);

it('a request is handed on by name with its arguments, and its outcome comes back', async () => {
  const calls: unknown[] = [];
  const { outcome } = await asked((name, args) => {
    calls.push([name, args]);
    return Promise.resolve({ tag: 'ok', value: 'grün 🌲' });
  });
  expect(calls).toEqual([[CHECK, ['key']]]);
  expect(outcome).toEqual({ tag: 'ok', value: 'grün 🌲' });
});

it.each([
  ['the host fails at it', (): Promise<Outcome> => Promise.reject(new Error('secret of the host'))],
  ['its answer is of another type', answer({ tag: 'ok', value: 7 })],
  ['its answer cannot travel', answer({ tag: 'ok', value: () => 'a function' })],
  ['its error is none of the function’s', answer({ tag: 'err', value: { tag: 'made-up' } })],
])('becomes a trap that tells nothing when %s, and the host hears why', async (_what, respond) => {
  const { outcome, failures, undecodable } = await asked(respond);
  expect(outcome).toEqual({ tag: 'trap', message: 'The host failed to respond to the call.' });
  expect([failures.length, undecodable]).toEqual([1, []]);
});

it('what is no request reaches no function, and the supervisor hears of it', async () => {
  const { outcome, undecodable, failures } = await asked(
    () => expect.fail('called'),
    Uint8Array.of(0xff, 0xff),
  );
  expect(outcome).toEqual({
    tag: 'trap',
    message: 'The guest sent a message that is not a request.',
  });
  expect([undecodable, failures]).toEqual([['the message names no function of the contract'], []]);
});
