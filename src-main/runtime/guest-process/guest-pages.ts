import type { GuestStart } from '../../guest/protocol.ts';
import { startMessage } from '../../guest/start-message.ts';
import { GUEST_PROCESS_BYTES } from '../limits.ts';
import {
  openLimited,
  ranOutOfMemory,
  type PageEnd,
  type PageSource,
  type SandboxedPage,
} from '../sandboxed-page.ts';
import { startGuest } from './channel-guest.ts';
import type { GuestChannel } from './guest-channel.ts';
import type { Gone, GuestProcesses } from './guest-process.ts';
import { createSpare } from './spare.ts';

export interface GuestPages extends GuestProcesses {
  /** Ends what is kept warm. Guests that run end with their instances. */
  readonly dispose: () => Promise<void>;
}

/** The files of its site, as they are built. */
const FILES = { 'worker.js': 'guest-page-worker.js' };

/** Guests in pages, each in a process and a sandbox of its own. One is kept ready. */
export function createGuestPages(source: PageSource): GuestPages {
  const spare = createSpare(async () => channelOf(await openLimited(source, FILES, GUEST_PROCESS_BYTES)));
  return {
    load: ({ script, modules, imports, exports }) => Promise.resolve({ script, modules, imports, exports }),
    start: (handlers) => startGuest(spare.take(), handlers),
    dispose: spare.dispose,
  };
}

function channelOf(page: SandboxedPage): GuestChannel {
  return {
    get ended() {
      return page.ended;
    },
    exited: page.exited,
    begin(start) {
      page.serve('component.js', `globalThis.component = ${start.script}`);
      page.post(startMessage(inPage(start, page.zeroNs)));
    },
    send: (message) => page.post(message),
    respond: (response) => page.respond(response),
    kill: () => page.kill(),
    async read(accept, violate) {
      page.listen((data) => {
        if (data instanceof Uint8Array) {
          accept(data);
        } else {
          violate('something else than bytes');
        }
      });
      return goneBy(await page.exited);
    },
  };
}

/** The script is loaded by its name, and time counts from the worker's zero. */
function inPage(start: GuestStart, zeroNs: bigint): GuestStart {
  return { ...start, script: '', monotonicAnchorNs: start.monotonicAnchorNs - zeroNs };
}

function goneBy({ reason, exitCode }: PageEnd): Gone {
  if (ranOutOfMemory({ reason, exitCode })) {
    const most = `${String(GUEST_PROCESS_BYTES / 1024 ** 2)} MB`;
    return {
      kind: 'out-of-memory',
      message: `The guest's process ended as one does that runs out of memory; it may take ${most}.`,
    };
  }
  return {
    kind: 'trapped',
    message: `The guest's process ended unexpectedly: ${reason}, exit code ${String(exitCode)}.`,
  };
}
