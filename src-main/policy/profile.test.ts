import { expect, it } from 'vitest';
import { defaultProfile } from './profile.ts';

it('gives a new principal the quotas of the reference, and some of the disk', () => {
  expect(defaultProfile('default')).toEqual({
    principal: 'default',
    enabled: true,
    quotas: {
      maxMemoryBytes: 67_108_864,
      maxTimeoutSecs: 300,
      maxIpcThroughputBytes: 10_485_760,
      maxBackgroundProcesses: 8,
      maxStorageBytes: 10_737_418_240,
      maxStorageEntries: 1_000_000,
      maxCpuFuelPerSec: 2_000_000_000,
      maxInFlightCalls: 4,
    },
  });
});
