import type {
  Bridge,
  EventName,
  Events,
  Failure,
  RequestName,
  Requests,
} from '../../src-main/contract/requests.ts';
import { escapeName } from '../lib/escape-text.ts';

declare global {
  interface Window {
    /** Put there by the preload; absent when the page is opened by anything else. */
    readonly capsuleDesktop?: Bridge;
  }
}

/** The window's way to main: an answer, or a `RequestError` that a person can read. */
export interface Client {
  readonly request: <Name extends RequestName>(
    name: Name,
    argument: Requests[Name]['argument'],
  ) => Promise<Requests[Name]['answer']>;
  /** Returns the unsubscribe function. */
  readonly on: <Name extends EventName>(name: Name, listener: (value: Events[Name]) => void) => () => void;
}

/** A request that main refused or could not do. */
export class RequestError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'RequestError';
    this.failure = failure;
  }
}

/** A client over the preload's bridge. */
function createClient(bridge: Bridge): Client {
  return {
    async request(name, argument) {
      const envelope = await bridge.request(name, argument);
      if (!envelope.ok) {
        throw new RequestError(envelope.error);
      }
      return envelope.value;
    },
    on: (name, listener) => bridge.on(name, listener),
  };
}

/** The client of this page. Without a bridge every request fails with that reason, so that the window can show it. */
export function pageClient(page: Window): Client {
  return createClient(page.capsuleDesktop ?? noBridge);
}

/** What went wrong, readable for a person, whatever was thrown. Untrusted names in it are escaped. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestError) {
    const { code, message, hint } = error.failure;
    return { code, message: escapeName(message), hint: escapeName(hint) };
  }
  return {
    code: 'unexpected',
    message: escapeName(error instanceof Error ? error.message : String(error)),
    hint: 'This is a bug in Capsule Desktop. Try again; if it happens again, restart the application.',
  };
}

const noBridge: Bridge = {
  request: () =>
    Promise.resolve({
      ok: false,
      error: {
        code: 'no-bridge',
        message: 'This page is not connected to Capsule Desktop.',
        hint: 'Open it from the application; it does not work in a browser.',
      },
    }),
  on: () => () => undefined,
};
