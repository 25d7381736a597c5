import { describe, expect, it } from 'vitest';
import { probeIn, shell } from '../host/testing.ts';
import { guestFolder } from '../testing/guests.ts';
import { startKernel } from '../testing/kernel.ts';

describe('what the operator does to a process', () => {
  it('is refused when it has exited or nobody is stopping it, and the log says that nothing came of it', async () => {
    const { kernel, audit } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const probe = probeIn(kernel);
    await probe.ok('process.spawnPersistent', [shell('sleep 1000')]);
    const key = kernel.processes()[0]?.key ?? '';
    expect(() => kernel.cancelStop(key)).toThrow(expect.objectContaining({ code: 'not-stopping' }));
    await kernel.signal(key, 'cont');
    kernel.kill(key);
    await expect.poll(() => kernel.processes()[0]?.phase).toBe('exited');
    for (const act of [() => kernel.signal(key, 'term'), () => kernel.kill(key)]) {
      await expect((async () => act())()).rejects.toMatchObject({ code: 'process-exited' });
    }
    expect(() => kernel.cancelStop(key)).toThrow(expect.objectContaining({ code: 'not-stopping' }));
    const mine = async () =>
      (await audit())
        .filter(({ principal, target }) => principal === 'operator' && target === key)
        .map(({ action, outcome, reason }) => `${action} ${outcome} ${reason}`.trim());
    await expect
      .poll(mine)
      .toEqual([
        'operator#cancel-stop failed not-stopping',
        'operator#signal cont allowed',
        'operator#kill allowed',
        'operator#signal term failed process-exited',
        'operator#kill failed process-exited',
        'operator#cancel-stop failed not-stopping',
      ]);
  });
});

describe('what a guest does to a process that has exited', () => {
  it('is recorded as such, with the process, also through a handle', async () => {
    const { kernel, audit } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const probe = probeIn(kernel);
    const id = await probe.ok<string>('process.spawnPersistent', [shell('exit 0')]);
    await probe.ok('process.wait', [id, 10_000]);
    const key = kernel.processes()[0]?.key ?? '';
    await probe.ok('process.signal', [id, 'term']);
    const handle = await probe.ok('process.attach', [id]);
    await probe.errOf('handle.signal', [handle, 'term']);
    await probe.ok('handle.kill', [handle]);
    const mine = async () =>
      (await audit())
        .filter(({ capsule }) => capsule === 'probe')
        .map(({ action, target, outcome, reason }) =>
          `${action.replace(/.*#/, '')} ${target} ${outcome} ${reason}`.trim(),
        );
    await expect
      .poll(mine)
      .toEqual([
        `spawn-persistent ["sh","-c","exit 0"] in . as ${key} allowed`,
        `signal ${key}, already exited allowed`,
        `attach ${key} allowed`,
        `[method]process-handle.signal ${key} failed closed`,
        `[method]process-handle.kill ${key}, already exited allowed`,
      ]);
  });
});
