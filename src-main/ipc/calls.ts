import { TypedError } from '../base/typed-error.ts';
import { MAX_CALLS_PER_WINDOW } from './constants.ts';
import type { IpcErrorCode } from './envelope.ts';
import type { WindowPort } from './window-port.ts';

/**
 * Invocations under way, by window and by the name the window chose, so that it can cancel them and no
 * other window can. A call is forgotten when it ends; when its window goes away or reloads, it is cancelled.
 */
export class Calls {
  readonly #windows = new Map<number, WindowCalls>();

  /** Runs `work` with a signal that `cancel` fires. Throws `call-in-use` or `too-many-calls`. */
  async run<Answer>(
    window: WindowPort,
    call: string,
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const own = this.#windows.get(window.id) ?? this.#watch(window);
    const controller = new AbortController();
    refuseOneTooMany(own, call);
    own.controllers.set(call, controller);
    try {
      return await work(controller.signal);
    } finally {
      own.controllers.delete(call);
      if (own.controllers.size === 0) {
        own.subscriptions.forEach((unsubscribe) => unsubscribe());
        this.#windows.delete(window.id);
      }
    }
  }

  /** Cancels a call of this window. One that has ended meanwhile needs no cancelling: nothing happens. */
  cancel(window: WindowPort, call: string): void {
    this.#windows.get(window.id)?.controllers.get(call)?.abort();
  }

  /** One pair of listeners per window however many calls it makes, and none while it makes none. */
  #watch(window: WindowPort): WindowCalls {
    const controllers = new Map<string, AbortController>();
    const cancelAll = (): void => controllers.forEach((controller) => controller.abort());
    const own = { controllers, subscriptions: [window.onGone(cancelAll), window.onReplaced(cancelAll)] };
    this.#windows.set(window.id, own);
    return own;
  }
}

interface WindowCalls {
  readonly controllers: Map<string, AbortController>;
  readonly subscriptions: readonly (() => void)[];
}

function refuseOneTooMany({ controllers }: WindowCalls, call: string): void {
  if (controllers.has(call)) {
    throw new TypedError<IpcErrorCode>(
      'call-in-use',
      `A call with the id ${call} is already running.`,
      'Wait for it, cancel it, or use another id.',
    );
  }
  if (controllers.size >= MAX_CALLS_PER_WINDOW) {
    throw new TypedError<IpcErrorCode>(
      'too-many-calls',
      `This window has reached its limit of ${MAX_CALLS_PER_WINDOW} running calls.`,
      'Wait for some of them, or cancel them.',
    );
  }
}
