import { describe, expect, it } from 'vitest';
import { fakeClock } from '../base/testing.ts';
import { TypedError } from '../base/typed-error.ts';
import type { Kernel } from '../contract/kernel.ts';
import { MAX_REQUEST_BYTES } from '../contract/limits.ts';
import { answerRequest, type RequestEdge } from './answer-request.ts';
import { Calls } from './calls.ts';
import { kernelFailed } from './envelope.ts';
import { RequestBounds } from './request-bounds.ts';
import { requestHandlers, type RequestHandlers } from './requests.ts';
import { InstallOffers } from './install-offers.ts';
import { StateFeed } from './state-feed.ts';
import { fakeKernel, fakeUpdates, fakeWindow, someAbout } from './testing.ts';
import { TrustedSenders, type SenderEvent } from './trusted-senders.ts';
import { UpdateFeed } from './update-feed.ts';

const key = '0123456789abcdef';
const ours: SenderEvent = { sender: { id: 1 }, senderFrame: { url: 'app://x/index.html', parent: null } };
const theirs: SenderEvent = { sender: { id: 2 }, senderFrame: { url: 'https://evil/', parent: null } };

function edge(given: Partial<Kernel> = {}, handlers?: Promise<RequestHandlers>) {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const trusted = new TrustedSenders('app://x');
  trusted.add(1);
  const { kernel } = fakeKernel(given);
  const parts = {
    kernel,
    feed: new StateFeed(kernel),
    calls: new Calls(),
    offers: new InstallOffers(log),
    chooseCapsule: () => Promise.resolve(null),
    updates: fakeUpdates(),
    updateFeed: new UpdateFeed(fakeUpdates()),
    restartNormally: () => undefined,
    log,
  };
  const ended: number[] = [];
  const made: RequestEdge = {
    bounds: new RequestBounds(fakeClock(), ({ id }) => void ended.push(id)),
    trusted,
    handlers: handlers ?? Promise.resolve(requestHandlers(parts)),
    log,
  };
  return { edge: made, lines, ended };
}

const port = () => fakeWindow(1);

describe('an answered request', () => {
  it('carries the value', async () => {
    const { edge: made } = edge();
    expect(await answerRequest(made, 'state.snapshot', ours, port, [null])).toEqual({
      ok: true,
      value: { sequence: 0, processes: [], capsules: [], about: someAbout },
    });
  });

  it('carries a typed error as it is', async () => {
    const { edge: made, lines } = edge({
      kill: () => {
        throw new TypedError('process-not-found', 'It is gone.', 'Look again.');
      },
    });
    expect(await answerRequest(made, 'process.kill', ours, port, [{ key }])).toEqual({
      ok: false,
      error: { code: 'process-not-found', message: 'It is gone.', hint: 'Look again.' },
    });
    expect(lines).toEqual([]);
  });

  it('keeps an unforeseen failure from the page and writes its stack to the log', async () => {
    const { edge: made, lines } = edge();
    const reply = await answerRequest(made, 'process.kill', ours, port, [{ key }]);
    expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(reply)).not.toContain('secret');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/process\.kill failed: Error: secret detail[\s\S]*at /);
  });

  it('refuses a stranger before it looks at the argument or makes a port', async () => {
    const { edge: made, lines } = edge();
    const noPort = (): never => {
      throw new Error('no port for strangers');
    };
    expect(await answerRequest(made, 'process.kill', theirs, noPort, [{ key: 'bad' }])).toMatchObject({
      ok: false,
      error: { code: 'refused-sender' },
    });
    expect(lines).toHaveLength(1);
  });

  it.each([
    ['no argument', []],
    ['two arguments', [{ key }, { key }]],
    ['a wrong one', [{ key: 'no' }]],
    ['a list', [[key]]],
  ])('refuses %s as an invalid argument', async (_what, sent) => {
    const { edge: made } = edge({ kill: () => undefined });
    expect(await answerRequest(made, 'process.kill', ours, port, sent)).toMatchObject({
      ok: false,
      error: { code: 'invalid-argument' },
    });
  });

  it.each([
    ['ours', ours],
    ['a stranger', theirs],
  ])('refuses what is too large before anything else, from %s, and ends the page', async (_whose, event) => {
    const { edge: made, ended } = edge();
    const huge = [{ key: 'x'.repeat(MAX_REQUEST_BYTES) }];
    expect(await answerRequest(made, 'process.kill', event, port, huge)).toMatchObject({
      ok: false,
      error: { code: 'too-large', hint: expect.stringContaining('Send less') as unknown },
    });
    expect(ended).toEqual([event.sender.id]);
  });

  it('tells why the kernel did not start, to every request', async () => {
    const cause = new TypedError('store-unreadable', 'The data folder cannot be read.', 'Check its owner.');
    const { edge: made } = edge({}, Promise.reject(kernelFailed(cause)));
    for (const _again of [1, 2]) {
      expect(await answerRequest(made, 'state.snapshot', ours, port, [null])).toEqual({
        ok: false,
        error: {
          code: 'kernel-failed',
          message: 'The runtime failed to start: The data folder cannot be read.',
          hint: 'Check its owner.',
        },
      });
    }
  });

  it('says nothing of the host when the kernel fails with a bug', () => {
    expect(kernelFailed(new Error('secret')).message).not.toContain('secret');
  });
});
