/** Sizes and times of the window's own work, each with its reason. */

/** All log text that one open log holds, the visible part included: the window is a view, not a copy of the ring. */
export const LOG_WINDOW_BYTES = 64 * 1024;
/** One pull of log text. A multiple of `ROW_BYTES`, so that pieces of an endless line keep their edges when earlier text is pulled. */
export const LOG_PAGE_BYTES = 16 * 1024;
/** A line longer than this is shown in pieces, one row each, so that a line of any length costs what its visible rows cost. */
export const ROW_BYTES = 1024;
/** A row is cut before a character and all that is put on it, as long as that is no longer than this: emoji take up to 42 bytes. */
export const MAX_CLUSTER_BYTES = 64;
/** Rows from an edge of the window of text at which the next page is asked for. */
export const EDGE_ROWS = 8;
/** Data laid out for reading may get so many times longer, and a little more; what is nested deeper is shown as it came. */
export const LAID_OUT_SHARE = 8;
export const LAID_OUT_CHARACTERS = 4096;
/** Ages and countdowns change in seconds; one clock for the whole window. */
export const CLOCK_MS = 1_000;
/** Heights in CSS pixels: the virtual lists need them before anything is measured. */
export const PROCESS_ROW_PX = 30;
export const LOG_ROW_PX = 18;
