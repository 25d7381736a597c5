import type { Outcome } from '../base/outcome.ts';
import { FrameError } from './codec/frame-error.ts';
import { FrameReader } from './codec/frame-reader.ts';
import { trapFrame } from './codec/function-codec.ts';
import { GUEST_FRAME, HOST_FRAME } from './codec/limits.ts';
import { Operations, type Operation, type OperationName } from './codec/operations.ts';

/** Answers one request with one frame; never rejects. */
export type FrameResponder = (frame: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;

/** What answers a request that has been decoded. */
export type Responder = (operation: OperationName, args: readonly unknown[]) => Promise<Outcome>;

/** Who hears of what the guest is not told. */
export interface Failures {
  /** The guest sent what is no request, so nothing that comes from it can be believed. */
  readonly onUndecodable: (error: FrameError) => void;
  /** No answer could be made, or not be sent. */
  readonly onFailure: (error: unknown) => void;
}

const operations = new Operations({
  toNumber(value) {
    if (typeof value !== 'number') {
      throw new FrameError('expected a handle');
    }
    return value;
  },
  fromNumber: (handle) => handle,
});

/** The host's end of the codec: from frame to call and back. */
export function createFrameResponder(
  respond: Responder,
  { onUndecodable, onFailure }: Failures,
): FrameResponder {
  return async (frame) => {
    const request = decoded(frame, onUndecodable);
    if (request === null) {
      return trapFrame('The guest sent a message that is not a request.');
    }
    try {
      const outcome = await respond(request.operation.name, request.args);
      return request.operation.codec.writeOutcome(outcome, HOST_FRAME);
    } catch (error) {
      // Also for a value that cannot travel: the guest must not stay parked, and nothing of the host is told.
      onFailure(error);
      return trapFrame('The host failed to respond to the call.');
    }
  };
}

function decoded(
  frame: Uint8Array,
  onUndecodable: (error: FrameError) => void,
): { readonly operation: Operation; readonly args: readonly unknown[] } | null {
  try {
    const from = new FrameReader(frame, GUEST_FRAME);
    const operation = operations.take(from);
    return { operation, args: operation.codec.readParams(from) };
  } catch (error) {
    onUndecodable(error instanceof FrameError ? error : new FrameError('the message could not be read'));
    return null;
  }
}
