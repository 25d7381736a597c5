import { createMutex } from '../../base/mutex.ts';
import { TRANSPILE_TIMEOUT_MS } from '../limits.ts';
import { transpileMessage } from './transpile-message.ts';
import { transpiledIn } from './transpiled-in.ts';
import { SHUTTING_DOWN, TOO_LATE, unusable, type Transpiler } from './transpiler.ts';

/** A process that transpiles one component. */
export interface SingleUse {
  readonly exited: Promise<unknown>;
  kill(): void;
}

export interface SingleUseOptions<P extends SingleUse> {
  readonly start: () => Promise<P>;
  /** Hands the request over and reads what comes back, which may be anything. @throws RuntimeError when nothing does */
  readonly ask: (process: P, request: Uint8Array<ArrayBuffer>) => Promise<Buffer>;
}

/** One component at a time, each in a process that is started for it and ended with it: what one breaks is that one's. */
export function createSingleUseTranspiler<P extends SingleUse>({
  start,
  ask,
}: SingleUseOptions<P>): Transpiler {
  const turns = createMutex();
  let running: P | undefined;
  let disposed = false;

  const requireOpen = (): void => {
    if (disposed) {
      throw unusable(SHUTTING_DOWN);
    }
  };
  const transpile: Transpiler['transpile'] = async (component, imports) => {
    requireOpen();
    const process = await start();
    running = process;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill();
    }, TRANSPILE_TIMEOUT_MS);
    try {
      requireOpen();
      const request = transpileMessage({ imports, bytes: component.byteLength }, component);
      return transpiledIn(await ask(process, request), imports);
    } catch (error) {
      throw late ? unusable(TOO_LATE) : error;
    } finally {
      clearTimeout(timer);
      process.kill();
      await process.exited;
      running = undefined;
    }
  };

  return {
    transpile: (component, imports) => turns(() => transpile(component, imports)),
    async dispose() {
      disposed = true;
      running?.kill();
      await running?.exited;
    },
  };
}
