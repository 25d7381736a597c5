import { TypedError } from '../base/typed-error.ts';
import type { Kernel } from '../contract/kernel.ts';
import type { RequestName, Requests } from '../contract/requests.ts';
import type { Calls } from './calls.ts';
import type { InstallOffers } from './install-offers.ts';
import { stackOf, type HostLog } from './envelope.ts';
import type { StateFeed } from './state-feed.ts';
import type { UpdateControls, UpdateFeed } from './update-feed.ts';
import type { WindowPort } from './window-port.ts';

/** What each request does, with an argument that has been validated. */
export type RequestHandlers = {
  readonly [Name in RequestName]: (
    argument: Requests[Name]['argument'],
    window: WindowPort,
  ) => Requests[Name]['answer'] | Promise<Requests[Name]['answer']>;
};

/** Asks the person for a capsule's file or folder; null when they changed their mind. */
export type ChooseCapsule = (kind: 'archive' | 'folder', window: WindowPort) => Promise<string | null>;

export interface RequestParts {
  readonly kernel: Kernel;
  readonly feed: StateFeed;
  readonly calls: Calls;
  readonly offers: InstallOffers;
  readonly chooseCapsule: ChooseCapsule;
  readonly updates: UpdateControls;
  readonly updateFeed: UpdateFeed;
  /** Quits in order and starts again without safe mode. */
  readonly restartNormally: () => void;
  readonly log: HostLog;
}

/** The table from request to kernel call: one line each where the kernel does it all. */
export function requestHandlers({
  kernel,
  feed,
  calls,
  offers,
  chooseCapsule,
  updates,
  updateFeed,
  restartNormally,
  log,
}: RequestParts): RequestHandlers {
  const chooseOne = oneAtATime(chooseCapsule);
  return {
    'state.snapshot': (_argument, window) => {
      offers.show(window, kernel.inspect);
      return feed.snapshot(window);
    },
    'install.choose': async ({ kind }, window) => {
      const path = await chooseOne(kind, window);
      return path === null ? null : kernel.inspect(path);
    },
    'install.confirm': ({ token, grants }, window) => {
      // At once: the plan is used up whatever becomes of it, and a page that is reloaded must not be offered it again.
      offers.decided(token);
      return kernel.confirm(token, grants, {
        onStep: (step) => window.send('install.step', { token, step }),
      });
    },
    'install.cancel': ({ token }) =>
      nothing(kernel.cancelInstall(token).finally(() => offers.decided(token))),
    'capsule.setEnabled': ({ id, enabled }) => kernel.setEnabled(id, enabled),
    'capsule.remove': ({ id }) => nothing(kernel.remove(id)),
    'capsule.invoke': ({ id, action, payload, principal, call }, window) =>
      calls.run(window, call, (signal) => kernel.invoke({ capsule: id, action, payload, principal, signal })),
    'invoke.cancel': ({ call }, window) => nothing(calls.cancel(window, call)),
    'process.signal': ({ key, signal }) => nothing(kernel.signal(key, signal)),
    'process.stop': ({ key, graceMs }) => beginStop(kernel, key, graceMs, log),
    'process.cancelStop': ({ key }) => nothing(kernel.cancelStop(key)),
    'process.kill': ({ key }) => nothing(kernel.kill(key)),
    'process.release': ({ key }) => nothing(kernel.release(key)),
    'process.command': ({ key }) => kernel.command(key),
    'logs.read': ({ key, stream, cursor, maxBytes }) => kernel.readLogs(key, stream, cursor, maxBytes),
    'app.restartNormally': () => {
      requireSafeMode(kernel);
      return nothing(restartNormally());
    },
    'updates.view': (_argument, window) => updateFeed.view(window),
    'updates.setFeed': ({ feed: address }) => updates.setFeed(address),
    'updates.act': ({ action }) => updates.act(action),
  };
}

/** One file dialog, however often a page asks: each would stand in front of the last. Throws `dialog-open`. */
function oneAtATime(choose: ChooseCapsule): ChooseCapsule {
  let open = false;
  return async (kind, window) => {
    if (open) {
      throw new TypedError(
        'dialog-open',
        'A file dialog is already open.',
        'Choose there, or cancel it first.',
      );
    }
    open = true;
    try {
      return await choose(kind, window);
    } finally {
      open = false;
    }
  };
}

/**
 * Sends TERM and answers; the grace and the KILL come back as deltas. A refusal (no such process) is known
 * within the turn and reaches the person; a failure after that has only the log to go to.
 */
async function beginStop(kernel: Kernel, key: string, graceMs: number, log: HostLog): Promise<null> {
  let answered = false;
  const stopped = kernel.stop(key, graceMs).catch((error: unknown) => {
    if (!answered) {
      throw error;
    }
    log(`stopping process ${key} failed: ${stackOf(error)}`);
  });
  await Promise.race([stopped, new Promise((resolve) => setImmediate(resolve))]);
  answered = true;
  return null;
}

/** A page has no business ending an ordinary session. */
function requireSafeMode(kernel: Kernel): void {
  if (kernel.about().safeMode === null) {
    throw new TypedError(
      'not-in-safe-mode',
      'Capsule Desktop is not in safe mode.',
      'Quit it and start it again if you want to restart it.',
    );
  }
}

/** The contract's answer for "done": undefined would not tell a reply from a missing one. */
async function nothing(work: void | Promise<void>): Promise<null> {
  await work;
  return null;
}
