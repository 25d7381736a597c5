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
} from './wire.ts';

/** A component in a realm, and how calls are handed to it. */
export interface Guest {
  readonly call: (name: string, frame: Uint8Array) => ReturnType<Realm['call']>;
}

/** Hands one message to the application. */
export type Send = (kind: number, ...parts: readonly Uint8Array[]) => void;

export interface WireEnd {
  readonly send: Send;
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
        send(STARTED);
      } catch (error) {
        send(REFUSED, encoder.encode(refusalOf(error)));
      }
    } else if (kind === CALL && guest !== undefined) {
      sendOutcome(send, guest, body);
    }
  };
}

function sendOutcome(send: Send, guest: Guest, body: Uint8Array): void {
  const call = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const nameEnd = CALL_HEAD_BYTES + call.getUint8(4);
  const outcome = guest.call(decoder.decode(body.subarray(CALL_HEAD_BYTES, nameEnd)), body.subarray(nameEnd));
  const head = new Uint8Array(OUTCOME_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, call.getUint32(0, true), true);
  view.setFloat64(4, outcome.memoryBytes, true);
  if (outcome.kind === 'returned') {
    send(RETURNED, head, outcome.frame);
  } else {
    send(TRAPPED, head, encoder.encode(outcome.message));
  }
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
