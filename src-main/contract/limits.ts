/** Numbers that both ends of the IPC keep to. */

/** One page of log text: small enough for a frame (IPC costs about 2.7 ms per MB), large enough to catch up fast. */
export const MAX_LOG_PAGE_BYTES = 256 * 1024;
/**
 * Of a command, in a view: UTF-8 bytes, one more for each word, and words. A view is sent again with each of its changes,
 * and an argument alone may have 128 KiB.
 */
export const MAX_COMMAND_VIEW_BYTES = 1024;
export const MAX_COMMAND_VIEW_WORDS = 128;
/** UTF-8 bytes of what the latest call of a capsule was, and came to, in its view; a guest's reason may be as long as a message. */
export const MAX_CALL_MESSAGE_BYTES = 1024;
/** A payload typed by a person for an action; the contract's own limit for a message is 1 MiB. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** The grace a person may choose, as the contract's `stop`: default 5 s, at most 30 s. */
export const DEFAULT_STOP_GRACE_MS = 5_000;
export const MAX_STOP_GRACE_MS = 30_000;
