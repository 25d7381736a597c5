import { expect, it } from 'vitest';
import { defaultProfile } from './profile.ts';

it('gives a new principal the quotas of the reference', () => {
  expect(defaultProfile('default')).toEqual({
    principal: 'default',
    enabled: true,
    quotas: {
      maxMemoryBytes: 67_108_864,
      maxTimeoutSecs: 300,
      maxIpcThroughputBytes: 10_485_760,
      maxBackgroundProcesses: 8,
      maxStorageBytes: 9_007_199_254_740_991,
      maxCpuFuelPerSec: 2_000_000_000,
      maxInFlightCalls: 4,
    },
  });
});
