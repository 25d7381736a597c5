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

/**
 * One request, as `base/message-size.ts` counts: a payload of the greatest size takes two bytes for each of its characters, and
 * everything else of any request less than 64 KiB.
 */
export const MAX_REQUEST_BYTES = 2 * MAX_PAYLOAD_BYTES + 64 * 1024;
/**
 * Requests of a window. A log that is followed asks some 40 times a second (two streams, a delta each 50 ms), and a long log
 * is searched page after page; a person does the rest.
 */
export const MAX_REQUESTS_PER_SECOND = 200;
/** Bytes of a window's requests: no person sends four payloads of the greatest size in a second. */
export const MAX_REQUEST_BYTES_PER_SECOND = 4 * MAX_REQUEST_BYTES;
/** Of either, after a time of rest: what a window asks when it opens, in seconds' worth. */
export const REQUEST_BURST_SECONDS = 2;
/** Longer than any control sequence in use (`ESC [ … m`); what is longer is shown. */
export const MAX_CONTROL_BYTES = 256;
/** Titles take some dozen bytes, links at most 2,083; a longer control string, such as an image or a clipboard, is shown. */
export const MAX_STRING_BYTES = 8 * 1024;
