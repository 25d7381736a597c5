import type { Pipeline } from '../host/pipeline/pipeline.ts';
import type { StartMarks } from '../store/start-marks.ts';

/** The host of a guest that asks it nothing. */
export const noHost: Pipeline = Object.assign(
  () => Promise.resolve({ tag: 'trap', message: 'the host is not asked here' } as const),
  { recordDrops: () => Promise.resolve() },
);

/** Where no start is marked. */
export const noMarks: StartMarks = {
  begin: () => Promise.resolve(() => undefined),
  during: (_starting, work) => work(),
};

/** The start of an instance that nobody is told of. */
export const unannounced = (): Promise<() => void> => Promise.resolve(() => undefined);
