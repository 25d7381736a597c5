import type { Subscribe } from '../../base/emitter.ts';
import type { InstanceOptions } from './instance-options.ts';

/** An instance as its start sees it. */
export interface StartingInstance {
  /** Gives its thread the component. Does nothing when it has ended. */
  readonly begin: () => void;
  /** It can be called, or has ended before that. */
  readonly started: Promise<unknown>;
  readonly ended: Subscribe<undefined>;
}

/** Begins an instance once its start is announced, and takes that back when it is up or has ended. Never rejects. */
export async function announced(
  { announceStart, settleMs = 0 }: Pick<InstanceOptions, 'announceStart' | 'settleMs'>,
  { begin, started, ended }: StartingInstance,
): Promise<void> {
  let hasEnded = false;
  const end = new Promise<void>((resolve) => {
    ended(() => {
      hasEnded = true;
      resolve();
    });
  });
  const takeBack = await announceStart();
  begin();
  await started;
  if (settleMs > 0 && !hasEnded) {
    let timer: NodeJS.Timeout | undefined;
    const settled = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, settleMs);
      timer.unref();
    });
    await Promise.race([settled, end]);
    clearTimeout(timer);
  }
  await takeBack();
}
