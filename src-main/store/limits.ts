/** Sizes and times of what is kept, each with its reason. */

/** Records that may wait for the disk before a caller is made to wait too (the reference's queue). */
export const AUDIT_QUEUE = 1_024;
/**
 * Records that are kept in memory while the disk takes none; about 8 MiB. Further ones are counted, and a record says
 * how many once the disk takes it: callers that wait in vain must not fill the memory instead.
 */
export const AUDIT_QUEUE_MAX = 16 * AUDIT_QUEUE;
/** Every string in a record is cut to this many bytes of UTF-8, at the end of a character (the reference's limit). */
export const AUDIT_TEXT_BYTES = 1_024;
/**
 * Records of what one capsule did, in one second, and as many of what it was refused or failed at: more than the 50
 * starts that it may ask for, so that no start, made or refused, is left out by starts alone.
 */
export const AUDIT_RECORDS_PER_SECOND = 64;
/** A segment of the audit log: about 20,000 records, read and searched in a moment. */
export const AUDIT_SEGMENT_BYTES = 8 * 1024 * 1024;
/** All segments together, about 700,000 records; the oldest go first. */
export const AUDIT_TOTAL_BYTES = 256 * 1024 * 1024;
/** A segment goes a year after its last record, also when there is room: who did what is personal data. */
export const AUDIT_RETENTION_DAYS = 365;
/** A line of a capsule's log, in characters; the reference has no limit, which lets one guest fill the disk with one call. */
export const LOG_LINE = 16 * 1_024;
/** Log of one capsule for one principal in one second: 16 of the longest lines, 500 (its rate) of 500 bytes. */
export const LOG_BYTES_PER_SECOND = 256 * 1_024;
/** Log of one capsule for one principal in one day; an editor still opens it. Seven days of it are 112 MiB. */
export const LOG_FILE_BYTES = 16 * 1024 * 1024;
/** Lines of all capsules that may wait for the disk, in bytes: 16 seconds of one that logs all it may. */
export const LOG_QUEUE_BYTES = 4 * 1024 * 1024;
/** Days that a capsule's log files are kept (the reference's retention). */
export const LOG_RETENTION_DAYS = 7;
/** How long after a failed attempt to write it is tried again: a full disk is noticed when it is free, and costs nothing until then. */
export const WRITE_RETRY_MS = 1_000;
/** How often the calendar is looked at for a new day. A timer until midnight would be late by every suspension. */
export const DAY_CHECK_MS = 10 * 60_000;
/** Names that a report of foreign entries holds; one line has to do. */
export const MAX_REPORTED_NAMES = 10;
/** A session that ends unexpectedly before this may have ended by what it started; later, something else was going on. */
export const EARLY_SESSION_MS = 60_000;
/** The session record has under 100 bytes. */
export const MAX_SESSION_RECORD_BYTES = 4 * 1024;
/** The record of what is starting has 150 bytes for each of them: this holds 7,000. */
export const MAX_STARTS_RECORD_BYTES = 1024 * 1024;
