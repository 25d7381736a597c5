import { describe, expect, it } from 'vitest';
import { probeIn, shell } from '../host/testing.ts';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { startKernel, type KernelUnderTest } from '../testing/kernel.ts';
import { MAX_CALL_MESSAGE_BYTES } from '../contract/limits.ts';
import type { CapsuleView } from '../contract/views.ts';

function viewOf({ kernel }: KernelUnderTest, id: string): CapsuleView {
  const view = kernel.capsules().find((each) => each.id === id);
  if (view === undefined) {
    throw new Error(`${id} is not installed`);
  }
  return view;
}

async function installed(guest: string): Promise<KernelUnderTest> {
  const started = await startKernel();
  await started.kernel.install(guestFolder(guest), { grants: 'all' });
  return started;
}

describe('a guest that never returns', () => {
  it('is ended at its deadline, shown so, and the next call works', async () => {
    const started = await installed('spinner');
    const { kernel } = started;
    await expect(
      kernel.invoke({ capsule: 'spinner', action: 'spin', timeoutMs: 1_000 }),
    ).rejects.toMatchObject({
      code: 'guest-timed-out',
      message: 'spinner: The guest did not return within 1 s and was terminated.',
    });
    expect(viewOf(started, 'spinner').lastCall).toMatchObject({ action: 'spin', outcome: 'timed-out' });
    await expect.poll(() => viewOf(started, 'spinner').instances).toEqual([]);
    await expect(kernel.invoke({ capsule: 'spinner', action: 'ping' })).resolves.toMatchObject({
      data: '{"pong":true,"turns":0}',
    });
    expect(viewOf(started, 'spinner').lastCall).toMatchObject({ action: 'ping', outcome: 'ok', message: '' });
  });

  it('is ended when its invocation is cancelled, and the next call works', async () => {
    const started = await installed('spinner');
    const { kernel } = started;
    const cancel = new AbortController();
    const spinning = kernel.invoke({ capsule: 'spinner', action: 'spin', signal: cancel.signal });
    await expect
      .poll(() => viewOf(started, 'spinner').instances)
      .toMatchObject([{ state: 'busy', kind: 'hook' }]);
    cancel.abort();
    await expect(spinning).rejects.toMatchObject({ code: 'invocation-cancelled' });
    expect(viewOf(started, 'spinner').lastCall).toMatchObject({ outcome: 'cancelled' });
    await expect(kernel.invoke({ capsule: 'spinner', action: 'ping' })).resolves.toMatchObject({
      refused: false,
    });
  });

  it('is not even started when its invocation was cancelled before', async () => {
    const started = await installed('spinner');
    const call = started.kernel.invoke({ capsule: 'spinner', action: 'spin', signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'invocation-cancelled' });
    expect(viewOf(started, 'spinner').instances).toEqual([]);
  });

  it('keeps only its own capsule’s principal waiting: four at a time, the rest in line, each until its own deadline', async () => {
    const { kernel } = await installed('spinner');
    const spin = (timeoutMs: number): Promise<unknown> =>
      kernel.invoke({ capsule: 'spinner', action: 'spin', timeoutMs }).catch((error: unknown) => error);
    const end = new AbortController();
    const busy = Array.from({ length: 4 }, () =>
      kernel
        .invoke({ capsule: 'spinner', action: 'spin', signal: end.signal })
        .catch((error: unknown) => error),
    );
    await expect(spin(300)).resolves.toMatchObject({
      code: 'guest-timed-out',
      message: expect.stringContaining('No instance became available'),
    });
    const cancel = AbortSignal.timeout(50);
    await expect(kernel.invoke({ capsule: 'spinner', action: 'ping', signal: cancel })).rejects.toMatchObject(
      {
        code: 'invocation-cancelled',
      },
    );
    await expect(
      kernel.invoke({ capsule: 'spinner', action: 'ping', principal: 'somebody-else' }),
    ).resolves.toMatchObject({ refused: false });
    const waiting = kernel.invoke({ capsule: 'spinner', action: 'ping' });
    end.abort();
    await expect(Promise.all(busy)).resolves.toMatchObject(
      [{}, {}, {}, {}].map(() => ({ code: 'invocation-cancelled' })),
    );
    await expect(waiting).resolves.toMatchObject({ refused: false });
  });

  it.each(['remove', 'disable'] as const)(
    'does not outlive its capsule, nor do those in line: %s',
    async (how) => {
      const { kernel, reported } = await installed('spinner');
      const calls = Array.from({ length: 6 }, () =>
        kernel.invoke({ capsule: 'spinner', action: 'spin' }).catch((error: unknown) => error),
      );
      await expect
        .poll(() => kernel.capsules()[0]?.instances.filter(({ state }) => state === 'busy'))
        .toHaveLength(4);
      await (how === 'remove' ? kernel.remove('spinner') : kernel.setEnabled('spinner', false));
      const codes = (await Promise.all(calls)).map((error) => (error as { readonly code: string }).code);
      expect(codes.sort()).toEqual([
        ...Array.from({ length: 2 }, () => 'capsule-disabled'),
        ...Array.from({ length: 4 }, () => 'invocation-cancelled'),
      ]);
      expect(reported).toEqual([]);
    },
  );
});

describe('a guest that wants too much memory', () => {
  it('is ended at its limit, shown so, and the next call gets a fresh instance', async () => {
    const started = await installed('hog');
    const { kernel } = started;
    await expect(kernel.invoke({ capsule: 'hog', action: 'grow' })).rejects.toMatchObject({
      code: 'guest-out-of-memory',
      message: expect.stringContaining('64 MiB'),
    });
    expect(viewOf(started, 'hog').lastCall).toMatchObject({ outcome: 'out-of-memory' });
    await expect(kernel.invoke({ capsule: 'hog', action: 'ping' })).resolves.toMatchObject({
      data: '{"pong":true,"mib":0}',
    });
  });
});

describe('a guest that refuses with many words', () => {
  it('is answered with all of them, and shown with the first', async () => {
    const started = await installed('spinner');
    const action = 'é'.repeat(5000);
    const { data } = await started.kernel.invoke({ capsule: 'spinner', action });
    expect(data).toContain(action);
    const { lastCall } = viewOf(started, 'spinner');
    expect(lastCall).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/: é+…$/u) as unknown,
    });
    for (const shown of [lastCall?.action, lastCall?.message]) {
      expect(Buffer.byteLength(shown ?? '')).toBeLessThanOrEqual(MAX_CALL_MESSAGE_BYTES);
    }
  });
});

describe('a guest that traps', () => {
  it.each(['throw', 'recurse', 'clock'])(
    'by %s is a fault of the capsule, and the next call gets a fresh instance',
    async (action) => {
      const started = await installed('trap');
      const { kernel } = started;
      const ping = { capsule: 'trap', action: 'ping' };
      await kernel.invoke(ping);
      await expect(kernel.invoke(ping)).resolves.toMatchObject({ data: '{"pong":true,"calls":2}' });
      await expect(kernel.invoke({ capsule: 'trap', action })).rejects.toMatchObject({
        code: 'guest-trapped',
      });
      expect(viewOf(started, 'trap').lastCall).toMatchObject({ action, outcome: 'trapped' });
      await expect(kernel.invoke(ping)).resolves.toMatchObject({ data: '{"pong":true,"calls":1}' });
    },
  );
});

describe('instances', () => {
  it('are kept warm for the next call, and never shared between principals', async () => {
    const started = await installed('trap');
    const ping = async (principal: string): Promise<string | null> =>
      (await started.kernel.invoke({ capsule: 'trap', action: 'ping', principal })).data;
    expect([await ping('anna'), await ping('bert'), await ping('anna')]).toEqual([
      '{"pong":true,"calls":1}',
      '{"pong":true,"calls":1}',
      '{"pong":true,"calls":2}',
    ]);
    expect(viewOf(started, 'trap').instances.map(({ principal, state }) => `${principal} ${state}`)).toEqual([
      'anna idle',
      'bert idle',
    ]);
  });

  it('take their processes with them when they end, but for persistent ones', async () => {
    const { kernel } = await installed('probe');
    const probe = probeIn(kernel);
    await probe.ok('process.spawnBackground', [shell('sleep 100')]);
    const id = await probe.ok<string>('process.spawnPersistent', [shell('sleep 100')]);
    // Not JSON: the guest throws, which is a trap.
    await expect(kernel.invoke({ capsule: 'probe', action: 'batch', payload: '{' })).rejects.toMatchObject({
      code: 'guest-trapped',
    });
    await expect
      .poll(() => kernel.processes().map(({ tier, phase }) => `${tier} ${phase}`))
      .toEqual(['ephemeral exited', 'persistent running']);
    await expect(probe.ok('process.status', [id])).resolves.toMatchObject({ phase: 'running' });
  });

  it.each([
    ['a capsule that is not there', { capsule: 'nobody', action: 'x' }, 'capsule-not-found'],
    ['a capsule that takes no actions', { capsule: 'loop', action: 'x' }, 'action-unsupported'],
  ])('are not made for %s', async (_name, request, code) => {
    const { kernel } = await installed('loop');
    await expect(kernel.invoke(request)).rejects.toMatchObject({ code });
  });
});

const FAST = { 'default = "100"': 'default = "10"' };

/** Another default for one of the loop guest's settings. */
const setting = (key: string, value: string): Readonly<Record<string, string>> => ({
  [`[env.${key}]\ntype = "text"`]: `[env.${key}]\ntype = "text"\ndefault = "${value}"\n\n[env.${key}_before]\ntype = "text"`,
});

describe('a run loop', () => {
  const installLoop = async (changes: Readonly<Record<string, string>>): Promise<KernelUnderTest> => {
    const started = await startKernel();
    const folder = await guestCopy('loop', changes);
    await started.kernel.install(folder, { grants: 'all' });
    return started;
  };
  const states = ({ events }: KernelUnderTest): readonly string[] =>
    events.flatMap((event) =>
      event.kind === 'capsule' ? [`${event.capsule.state}: ${event.capsule.stateReason}`] : [],
    );
  /** When each tick was, in epoch ms. */
  const ticks = ({ events }: KernelUnderTest): readonly number[] =>
    events.flatMap((event) =>
      event.kind === 'guest-log' && event.message.startsWith('tick') ? [event.at] : [],
    );

  it('runs from the installation on, and ends when it is switched off', async () => {
    const started = await installLoop(FAST);
    await expect.poll(() => ticks(started).length).toBeGreaterThan(3);
    expect(viewOf(started, 'loop')).toMatchObject({
      state: 'running',
      stateReason: '',
      restarts: 0,
      instances: [{ kind: 'run', principal: 'default', state: 'busy' }],
    });
    const off = await started.kernel.setEnabled('loop', false);
    expect(off).toMatchObject({ state: 'disabled', instances: [] });
    const after = ticks(started).length;
    await started.kernel.setEnabled('loop', true);
    await expect.poll(() => ticks(started).length).toBeGreaterThan(after);
  });

  it('that never says it is ready is shown as starting', async () => {
    const started = await installLoop({ 'default = "yes"': 'default = "no"' });
    await expect.poll(() => ticks(started).length).toBeGreaterThan(1);
    expect(viewOf(started, 'loop')).toMatchObject({
      state: 'running',
      stateReason: 'The run loop is starting.',
    });
  });

  it('that returns is finished and left alone', async () => {
    const started = await installLoop({ ...setting('return_after', '2'), ...FAST });
    await expect
      .poll(() => viewOf(started, 'loop'))
      .toMatchObject({
        state: 'ready',
        stateReason: 'The run loop has returned.',
        restarts: 0,
      });
    expect(ticks(started)).toHaveLength(2);
  });

  it('that crashes is shown with the reason, and started again after two seconds', async () => {
    const started = await installLoop({ ...setting('crash_after', '2'), ...FAST });
    await expect.poll(() => ticks(started).length).toBe(4);
    const [, crashed = 0, again = 0] = ticks(started);
    expect(again - crashed).toBeGreaterThan(1_900);
    const restarting = (): readonly string[] =>
      states(started).filter((state) => /^restarting: .*It will restart automatically\.$/.test(state));
    await expect.poll(restarting).toHaveLength(2);
    expect(states(started).filter((state) => state.startsWith('failed'))).toEqual([]);
  });
});
