/** Numbers that both ends of the IPC keep to. */

/** One page of log text: small enough for a frame (IPC costs about 2.7 ms per MB), large enough to catch up fast. */
export const MAX_LOG_PAGE_BYTES = 256 * 1024;
/** A payload typed by a person for an action; the contract's own limit for a message is 1 MiB. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** The grace a person may choose, as the contract's `stop`: default 5 s, at most 30 s. */
export const DEFAULT_STOP_GRACE_MS = 5_000;
export const MAX_STOP_GRACE_MS = 30_000;
