import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { openProcesses, type KernelProcesses } from '../kernel-processes.ts';
import { noCapabilities } from '../policy/capabilities.ts';
import { createQuotaBook } from '../policy/quota.ts';
import { HandleTable } from './handle-table.ts';
import type { Call } from './host-function.ts';
import { createHostOperations } from './host-operations.ts';
import { createPipeline, type Outcome } from './pipeline.ts';

let folder: string;
let processes: KernelProcesses;
let ask: (name: string, ...args: readonly unknown[]) => Promise<Outcome>;
const handles = new HandleTable();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsule-test-'));
  processes = openProcesses(folder, systemClock);
  const pipeline = createPipeline({
    operations: createHostOperations({
      processes: processes.services,
      sys: { config: () => undefined, log: () => undefined, rightsOf: () => undefined },
    }),
    quotas: createQuotaBook(systemClock),
    clock: systemClock,
    audit: () => undefined,
    report: () => undefined,
  });
  const call: Call = {
    capsule: 'tester',
    capsuleUuid: '',
    principal: 'default',
    rights: { ...noCapabilities, host_process: ['sh'], allow_persistent: true },
    invocation: null,
    signal: new AbortController().signal,
    handles,
    ready: () => undefined,
  };
  ask = (name, ...args) => pipeline(call, name, args);
});

afterAll(async () => {
  handles.dispose();
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

  it.each(['spawn', 'spawn-background', 'spawn-persistent'])(
    'says that files cannot be injected yet, and %s starts nothing',
    async (fn) => {
      const before = processes.registry.views().length;
      const injection = { content: new Uint8Array(1), placement: { tag: 'env-pointer', val: 'FILE' } };
      await expect(ask(`${V11}#${fn}`, { ...request, fileInjections: [injection] })).resolves.toMatchObject({
        tag: 'err',
        value: { tag: 'unknown', val: expect.stringContaining('not available yet') },
      });
      expect(processes.registry.views()).toHaveLength(before);
    },
  );

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
