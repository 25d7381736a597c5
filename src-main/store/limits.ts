/** Sizes and times of what is kept, each with its reason. */

/** Records that may wait for the disk before a writer is made to wait too (the reference's queue). */
export const AUDIT_QUEUE = 1_024;
/** Every string in a record is cut to this many bytes of UTF-8, at the end of a character (the reference's limit). */
export const AUDIT_TEXT_BYTES = 1_024;
/** A line of a capsule's log; the reference has no limit, which lets one guest fill the disk with one call. */
export const LOG_LINE = 16 * 1_024;
/** Lines of all capsules that may wait for the disk; further ones are counted, not kept. */
export const LOG_QUEUE = 4_096;
/** Days that a capsule's log files are kept (the reference's retention). */
export const LOG_RETENTION_DAYS = 7;
