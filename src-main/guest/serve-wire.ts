import type { Exchange } from '../bridge/protocol.ts';
import type { GuestStart } from './protocol.ts';
import type { Realm, RealmStart } from './realm/outer.ts';
import { readStart } from './start-message.ts';
import {
  CALL,
  CALL_HEAD_BYTES,
  OUTCOME_HEAD_BYTES,
  REFUSED,
  RETURNED,
  START,
  STARTED,
  TRAPPED,
  wireMessage,
} from './wire.ts';

/** A component in a realm, and how calls are handed to it. */
export interface Guest {
  readonly call: (name: string, frame: Uint8Array) => ReturnType<Realm['call']>;
}

export interface WireEnd {
  readonly send: (message: Uint8Array<ArrayBuffer>) => void;
  readonly exchange: Exchange;
  /** Throws, in words of the realm, for a component that does not start. */
  readonly create: (start: GuestStart, exchange: Exchange) => Guest;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('latin1');

/**
 * A guest's end of `wire.ts`: makes the component's realm at the start, then serves calls.
 *
 * @returns takes one message of the application that is no response
 */
export function serveWire({ send, exchange, create }: WireEnd): (kind: number, body: Uint8Array) => void {
  let guest: Guest | undefined;
  return (kind, body) => {
    if (kind === START) {
      try {
        guest = create(readStart(body), exchange);
        send(wireMessage(STARTED));
      } catch (error) {
        send(wireMessage(REFUSED, encoder.encode(refusalOf(error))));
      }
    } else if (kind === CALL && guest !== undefined) {
      send(outcomeOf(guest, body));
    }
  };
}

function outcomeOf(guest: Guest, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const call = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const nameEnd = CALL_HEAD_BYTES + call.getUint8(4);
  const outcome = guest.call(decoder.decode(body.subarray(CALL_HEAD_BYTES, nameEnd)), body.subarray(nameEnd));
  const head = new Uint8Array(OUTCOME_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, call.getUint32(0, true), true);
  view.setFloat64(4, outcome.memoryBytes, true);
  return outcome.kind === 'returned'
    ? wireMessage(RETURNED, head, outcome.frame)
    : wireMessage(TRAPPED, head, encoder.encode(outcome.message));
}

/** Why a component did not start. Errors come from its own realm, so they are told by their shape. */
export function refusalOf(error: unknown): string {
  const words =
    typeof error === 'object' && error !== null && 'message' in error && 'name' in error
      ? `${String(error.name)}: ${String(error.message)}`
      : String(error);
  return `The component failed to start: ${words}`;
}

/** What its realm must know of a component that starts. */
export function realmStart({ modules, imports, capabilities }: GuestStart): RealmStart {
  return {
    modules: [...modules].map(([name, { instances, memoryBytes }]) => ({ name, instances, memoryBytes })),
    imports,
    capabilities,
  };
}

/** A module of it, compiled here where it came as bytes. */
export function moduleOf({ modules }: GuestStart, name: string): WebAssembly.Module | null {
  const code = modules.get(name)?.code ?? null;
  return code instanceof Uint8Array ? new WebAssembly.Module(new Uint8Array(code)) : code;
}
