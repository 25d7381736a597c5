import { describe, expect, it } from 'vitest';
import { shell, startProbe } from '../testing.ts';

const { probe, started } = await startProbe();

const drops = async (principal: string) =>
  (await started.audit()).filter(
    (record) => record.action.includes('[resource-drop]') && record.principal === principal,
  );
const processOf = (principal: string) =>
  started.kernel.processes().find((process) => process.principal === principal);
const forever = shell('echo up; exec sleep 1000');

describe('the audit of a dropped handle', () => {
  it('says once that a running process was ended by it', async () => {
    const as = { principal: 'drops' };
    const handle = await probe.ok('process.spawnBackground', [forever], as);
    await probe.ok('drop', [handle], as);
    await expect.poll(() => processOf('drops')?.exit).toMatchObject({ reason: 'killed' });
    await expect
      .poll(() => drops('drops'))
      .toMatchObject([
        {
          capsule: 'probe',
          action: 'astrid:process/host@1.0.0#[resource-drop]process-handle',
          target: processOf('drops')?.key,
          outcome: 'allowed',
          reason: '',
        },
      ]);
  });

  it('says the same of an instance that ends with a process of its own', async () => {
    const as = { principal: 'ends' };
    await probe.ok('process.spawnBackground', [forever], as);
    // Not JSON: the guest throws, which is a trap and the end of its instance.
    const trap = started.kernel.invoke({ capsule: 'probe', action: 'batch', payload: '{', ...as });
    await expect(trap).rejects.toMatchObject({ code: 'guest-trapped' });
    await expect.poll(() => processOf('ends')?.exit).toMatchObject({ reason: 'killed' });
    await expect.poll(() => drops('ends')).toMatchObject([{ target: processOf('ends')?.key }]);
  });

  it('says nothing of one that has ended, or is only attached', async () => {
    const as = { principal: 'nothing' };
    const ended = await probe.ok('process.spawnBackground', [shell('true')], as);
    await probe.ok('handle.wait', [ended, 10_000], as);
    const id = await probe.ok('process.spawnPersistent', [forever], as);
    const attached = await probe.ok('process.attach', [id], as);
    await probe.ok('drop', [ended], as);
    await probe.ok('drop', [attached], as);
    await probe.ok('process.stop', [id, 0], as);
    // A later record of the same principal is there: so would be an earlier one.
    await expect
      .poll(async () => (await started.audit()).filter(({ action }) => action.endsWith('#stop')).length)
      .toBe(1);
    await expect(drops('nothing')).resolves.toEqual([]);
  });
});
