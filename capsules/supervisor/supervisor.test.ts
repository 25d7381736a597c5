import { describe, expect, it } from 'vitest';
import { startCapsule } from '../testing.ts';

describe('supervisor', () => {
  it('starts the configured commands, shows their output and stops them', async () => {
    const { call, kernel } = await startCapsule('capsules/supervisor');
    await expect(call('status')).resolves.toEqual(
      ['clock', 'counter', 'flaky'].map((name) => ({ name, state: 'stopped' })),
    );
    await call('start');
    await expect
      .poll(() => call('tail', { name: 'counter', stream: 'stderr' }))
      .toMatchObject({
        lines: expect.arrayContaining(['count 1']),
      });
    await expect(call('start', { name: 'clock' })).resolves.toMatchObject([
      { name: 'clock', state: 'running' },
    ]);
    expect(kernel.processes().filter(({ label }) => label === 'supervisor:clock')).toHaveLength(1);
    await expect(call('stop')).resolves.toMatchObject([
      { state: 'stopped' },
      { state: 'stopped' },
      { state: 'stopped' },
    ]);
    expect(kernel.processes().filter(({ phase }) => phase === 'running')).toEqual([]);
  });

  it('starts again what ended by itself, and leaves alone what was stopped', async () => {
    const { call, kernel, logged } = await startCapsule('capsules/supervisor');
    await call('start', { name: 'clock' });
    await call('start', { name: 'counter' });
    const [clock] = kernel.processes().filter(({ label }) => label === 'supervisor:clock');
    await call('stop', { name: 'counter' });
    kernel.kill(clock?.key ?? '');
    await expect.poll(logged, { timeout: 10_000 }).toContain('restarting clock, attempt 1');
    await expect
      .poll(() => call('status', { name: 'clock' }), { timeout: 10_000 })
      .toMatchObject([{ state: 'running' }]);
    await expect(call('status', { name: 'counter' })).resolves.toEqual([
      { name: 'counter', state: 'stopped' },
    ]);
  });

  it('refuses a name that is not configured', async () => {
    const { call } = await startCapsule('capsules/supervisor');
    await expect(call('tail', { name: 'nobody' })).resolves.toEqual({
      refused: 'unknown command "nobody"',
    });
  });
});
