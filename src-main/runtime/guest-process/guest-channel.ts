import type { GuestStart } from '../../guest/protocol.ts';
import type { Gone } from './guest-process.ts';

/** The process of one guest, as messages of `guest/wire.ts` go in and out of it. What comes out of it may be anything. */
export interface GuestChannel {
  readonly ended: boolean;
  /** Resolves when it has ended. */
  readonly exited: Promise<unknown>;
  /** Gives it the component. It, like the next two, does nothing when it has ended. */
  readonly begin: (start: GuestStart) => void;
  /** Hands over a message that begins a call. */
  readonly send: (message: Uint8Array<ArrayBuffer>) => void;
  /** Answers the request for which it waits. */
  readonly respond: (frame: Uint8Array<ArrayBuffer>) => void;
  readonly kill: () => void;
  /**
   * Reads it to its end, and says why that came. Once.
   *
   * @param accept gets all that it sends, in pieces of any size
   * @param violate when it did what no guest of ours does; all of it is read nevertheless
   */
  readonly read: (accept: (bytes: Uint8Array) => void, violate: (why: string) => void) => Promise<Gone>;
}
