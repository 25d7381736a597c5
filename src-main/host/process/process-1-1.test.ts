import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { OS_THREADS } from '../../os/testing.ts';
import { MessageBus } from '../../bus/bus.ts';
import { openProcesses, type KernelProcesses } from '../../kernel/processes.ts';
import { GrantedPaths } from '../../os/files/granted-paths.ts';
import { noRights } from '../../policy/rights.ts';
import { createHostOperations } from '../host-operations.ts';
import type { Outcome } from '../../base/outcome.ts';
import { makeCaller, makePipeline, type PipelineUnderTest } from '../pipeline/testing.ts';

let folder: string;
let processes: KernelProcesses;
let ask: (name: string, ...args: readonly unknown[]) => Promise<Outcome>;
const caller = makeCaller({
  rights: { ...noRights, host_process: ['sh'], allow_persistent: true },
});
let records: PipelineUnderTest['records'];
let principal = 'default';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsule-test-'));
  const bus = new MessageBus();
  processes = openProcesses({
    dataDir: folder,
    clock: systemClock,
    osThreads: OS_THREADS,
    quotas: {},
    bus,
    paths: new GrantedPaths(folder),
  });
  const made = makePipeline(
    createHostOperations({
      processes: processes.services,
      ipc: { bus },
      sys: { config: () => undefined, log: () => undefined, rightsOf: () => undefined },
    }),
  );
  records = made.records;
  ask = (name, ...args) => made.pipeline({ ...caller, principal }, name, args);
});

afterAll(async () => {
  caller.handles.dispose();
  await processes.dispose();
  await rm(folder, { recursive: true, force: true });
});

const V10 = 'astrid:process/host@1.0.0';
const V11 = 'astrid:process/host@1.1.0';
const request = { cmd: 'sh', args: ['-c', 'echo hallo'], env: [], fileInjections: [] };

describe('process@1.1.0', () => {
  it('runs programs as 1.0.0 does', async () => {
    await expect(ask(`${V11}#spawn`, request)).resolves.toMatchObject({
      tag: 'ok',
      value: { stdout: 'hallo\n', exit: { exitCode: 0 } },
    });
  });

  it('keeps no process for a caller without identity, and says so before it looks at the request', async () => {
    const before = processes.registry.views().length;
    await expect(ask(`${V11}#spawn-persistent`, { ...request, cwd: '..' })).resolves.toMatchObject({
      tag: 'err',
    });
    principal = 'anonymous';
    const answers = [
      await ask(`${V11}#spawn-persistent`, { ...request, cwd: '..' }),
      await ask(`${V10}#spawn-persistent`, request),
    ];
    principal = 'default';
    for (const answer of answers) {
      expect(answer).toEqual({ tag: 'err', value: { tag: 'persist-unsupported' } });
    }
    expect(processes.registry.views()).toHaveLength(before);
    expect(records.at(-1)).toMatchObject({
      action: `${V10}#spawn-persistent`,
      principal: 'anonymous',
      target: '["sh","-c","echo hallo"] in .',
      outcome: 'failed',
      reason: 'persist-unsupported: the caller has no identity',
    });
  });

  it('has processes in common with 1.0.0, but handles of its own', async () => {
    const spawned = await ask(`${V11}#spawn-persistent`, request);
    const id = spawned.tag === 'ok' ? spawned.value : '';
    await expect(ask(`${V10}#wait`, id, 5_000n)).resolves.toMatchObject({
      tag: 'ok',
      value: { exitCode: 0 },
    });
    const attached = await ask(`${V11}#attach`, id);
    const handle = attached.tag === 'ok' ? attached.value : 0;
    const readLogs = '[method]process-handle.read-logs';
    await expect(ask(`${V10}#${readLogs}`, handle)).resolves.toMatchObject({ tag: 'trap' });
    await expect(ask(`${V11}#${readLogs}`, handle)).resolves.toMatchObject({ value: { stdout: 'hallo\n' } });
  });
});
