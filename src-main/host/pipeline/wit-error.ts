export interface WitErrorOptions {
  readonly cause?: unknown;
  readonly reason?: string;
}

/**
 * The interface's own typed error, as WIT has it: a variant case such as `{ tag: 'quota' }`. A `run`
 * throws it and the guest receives exactly this payload as its `err`.
 */
export class WitError<Payload = unknown> extends Error {
  readonly payload: Payload;
  /** What the audit says beside the case's name; the guest never sees it. */
  readonly reason: string;

  constructor(payload: Payload, { reason = '', ...options }: WitErrorOptions = {}) {
    super('The host function returned an error.', options);
    this.name = 'WitError';
    this.payload = payload;
    this.reason = reason;
  }
}

/** A broken rule of the component model (an unknown handle, a wrong type): it ends the guest's instance. */
export class GuestTrap extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GuestTrap';
  }
}
