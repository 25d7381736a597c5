import type { Pipeline } from '../host/pipeline/pipeline.ts';

/** The host of a guest that asks it nothing. */
export const noHost: Pipeline = Object.assign(
  () => Promise.resolve({ tag: 'trap', message: 'the host is not asked here' } as const),
  { recordDrops: () => Promise.resolve() },
);
