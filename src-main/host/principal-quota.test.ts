import { onTestFinished, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { OS_THREADS } from '../os/testing.ts';
import { MessageBus } from '../bus/bus.ts';
import { openProcesses } from '../kernel/processes.ts';
import { GrantedPaths } from '../os/files/granted-paths.ts';
import { noRights } from '../policy/rights.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createHostOperations } from './host-operations.ts';
import { callerOfTest, makePipeline } from './pipeline/testing.ts';

it('a guest has as many background processes as its principal’s quota allows, and not one more', async () => {
  const folder = await temporaryFolder();
  const bus = new MessageBus();
  const processes = openProcesses({
    dataDir: folder,
    clock: systemClock,
    osThreads: OS_THREADS,
    quotas: {},
    bus,
    paths: new GrantedPaths(folder),
  });
  onTestFinished(() => processes.dispose());
  const quotas: Readonly<Record<string, number>> = { anna: 1, ben: 2, nobody: 0 };
  const { pipeline } = makePipeline(
    createHostOperations({
      processes: { ...processes.services, maxConcurrent: (principal) => quotas[principal] ?? 0 },
      ipc: { bus },
      sys: { config: () => undefined, log: () => undefined, rightsOf: () => undefined },
    }),
  );
  const caller = callerOfTest({ rights: { ...noRights, host_process: ['sleep'], allow_persistent: true } });
  const start = async (principal: string, tier: string): Promise<unknown> => {
    const request = { cmd: 'sleep', args: ['30'], env: [], fileInjections: [] };
    const answer = await pipeline({ ...caller, principal }, `astrid:process/host@1.0.0#${tier}`, [request]);
    return answer.tag === 'ok' ? 'started' : answer;
  };
  const quota = { tag: 'err', value: { tag: 'quota' } };
  expect(await start('nobody', 'spawn-persistent')).toEqual(quota);
  expect(await start('anna', 'spawn-persistent')).toBe('started');
  expect(await start('anna', 'spawn-background')).toEqual(quota);
  expect(await start('ben', 'spawn-background')).toBe('started');
  expect(await start('ben', 'spawn-persistent')).toBe('started');
  expect(await start('ben', 'spawn-persistent')).toEqual(quota);
});
