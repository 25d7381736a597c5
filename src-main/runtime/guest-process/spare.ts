import { SPARE_GUEST_MS } from '../limits.ts';

/** What can be kept ready: a process that has not been given anything yet. */
interface Process {
  readonly ended: boolean;
  readonly exited: Promise<unknown>;
  readonly kill: () => void;
}

export interface Spare<P extends Process> {
  /** The one that was kept ready, or else a new one; another is kept from then on. */
  readonly take: () => Promise<P>;
  /** Ends the one that is kept. None is kept any more. */
  readonly dispose: () => Promise<void>;
}

/** Keeps one process ready while they are used; what has not been used for `SPARE_GUEST_MS` is ended. */
export function createSpare<P extends Process>(start: () => Promise<P>): Spare<P> {
  let spare: Promise<P> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  const keep = (): void => {
    clearTimeout(idle);
    if (disposed) {
      return;
    }
    if (spare === undefined) {
      const starting = start();
      spare = starting;
      // Whoever needs one meets the same failure. By then another may be kept, which would be lost.
      starting.catch(() => {
        spare = spare === starting ? undefined : spare;
      });
    }
    idle = setTimeout(() => void end(), SPARE_GUEST_MS);
    idle.unref();
  };
  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = spare;
    spare = undefined;
    const kept = await ending?.catch(() => undefined);
    kept?.kill();
    await kept?.exited;
  };

  return {
    async take() {
      // In one turn: it is the first one's who asks.
      const kept = spare;
      spare = undefined;
      const ready = await kept?.catch(() => undefined);
      const taken = ready?.ended === false ? ready : await start();
      keep();
      return taken;
    },
    dispose() {
      disposed = true;
      return end();
    },
  };
}
