import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel, startKernel } from '../testing/kernel.ts';

describe('a call whose capsule is still being loaded', () => {
  it('ends at its deadline; the next one finds the capsule loaded', async () => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('trap'), { grants: 'all' });
    await first.kernel.dispose();
    // It must be prepared again, which takes far longer than the call may.
    await rm(join(dataDir, 'transpiled'), { recursive: true });
    const { kernel } = await openKernel(dataDir);
    const ping = { capsule: 'trap', action: 'ping' };
    await expect(kernel.invoke({ ...ping, timeoutMs: 1 })).rejects.toMatchObject({
      code: 'guest-timed-out',
      message: 'trap: The capsule was not ready before the deadline of the call.',
    });
    await expect(kernel.invoke(ping)).resolves.toMatchObject({ data: '{"pong":true,"calls":1}' });
    await kernel.dispose();
  });

  it('is cancelled while the hook of an installation runs', async () => {
    const { kernel } = await startKernel();
    const cancel = new AbortController();
    const calls: Promise<unknown>[] = [];
    kernel.subscribe((event) => {
      if (event.kind === 'guest-log' && event.message === 'installing') {
        const call = { capsule: 'bad-install', action: 'x', signal: cancel.signal };
        calls.push(kernel.invoke(call).catch((error: unknown) => error));
        cancel.abort();
      }
    });
    await expect(kernel.install(guestFolder('bad-install'), { grants: 'all' })).rejects.toMatchObject({
      code: 'guest-trapped',
    });
    await expect(Promise.all(calls)).resolves.toMatchObject([{ code: 'invocation-cancelled' }]);
  });
});

describe('the time of a call', () => {
  it.each([0, -1, Number.NaN])('is refused when it is %s ms', async (timeoutMs) => {
    const { kernel } = await startKernel();
    await kernel.install(guestFolder('trap'), { grants: 'all' });
    await expect(kernel.invoke({ capsule: 'trap', action: 'ping', timeoutMs })).rejects.toMatchObject({
      code: 'invalid-input',
      hint: expect.stringContaining('timeoutMs'),
    });
    expect(kernel.capsules()).toMatchObject([{ instances: [], lastCall: null }]);
  });

  it.each([60_000.5, Number.POSITIVE_INFINITY])('may be %s ms', async (timeoutMs) => {
    const { kernel } = await startKernel();
    await kernel.install(guestFolder('trap'), { grants: 'all' });
    await expect(kernel.invoke({ capsule: 'trap', action: 'ping', timeoutMs })).resolves.toMatchObject({
      refused: false,
    });
  });
});
