import { FrameError } from '../../bridge/codec/frame-error.ts';
import { FrameWriter } from '../../bridge/codec/frame-writer.ts';
import { guestFunction, type GuestExport } from '../../bridge/codec/guest-functions.ts';
import { HOST_FRAME, RESULT_FRAME } from '../../bridge/codec/limits.ts';
import type { CallOutcome } from './call-outcome.ts';

/** The message of a call; in words why there is none, when its arguments are too large for one. */
export function callFrame(name: GuestExport, args: readonly unknown[]): Uint8Array<ArrayBuffer> | string {
  const writer = new FrameWriter(HOST_FRAME);
  try {
    guestFunction(name).writeParams(writer, args);
    return writer.finish();
  } catch (error) {
    if (error instanceof FrameError) {
      return `The call cannot be made: ${error.message}.`;
    }
    throw error;
  }
}

/** What a guest returned; `trapped` when that is not what its function returns. */
export function returnedOf(
  name: GuestExport,
  frame: Uint8Array,
): Extract<CallOutcome, { kind: 'returned' | 'trapped' }> {
  try {
    const outcome = guestFunction(name).readOutcome(frame, RESULT_FRAME);
    return outcome.tag === 'ok'
      ? { kind: 'returned', value: outcome.value }
      : { kind: 'trapped', message: undecodable('the outcome is no value') };
  } catch (error) {
    if (error instanceof FrameError) {
      return { kind: 'trapped', message: undecodable(error.message) };
    }
    throw error;
  }
}

export function undecodable(why: string): string {
  return `The guest sent a message that cannot be read: ${why}.`;
}
