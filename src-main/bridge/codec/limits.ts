/** Bytes of one message, either way: as much as all memories of a guest take by default. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/**
 * Elements of all lists in one message, numbers apart, which take no more than their bytes. A list of the shortest records
 * takes 12 bytes an element here and some hundred once it is decoded.
 */
export const MAX_FRAME_ELEMENTS = 1_000_000;
/** Strings up to this many characters are encoded where they go; a longer one is encoded first, to know its size. */
export const SHORT_STRING = 16 * 1024;

/** What one message may have beside its bytes: each text and each element costs more time and memory than its bytes do. */
export interface FrameLimits {
  readonly elements: number;
  /** UTF-8 of all its strings together. */
  readonly textBytes: number;
}

/** What the host sends, which a guest takes apart. */
export const HOST_FRAME: FrameLimits = { elements: MAX_FRAME_ELEMENTS, textBytes: MAX_FRAME_BYTES };
/**
 * What a guest sends, which the host's main thread takes apart: below 100 ms at the worst, where a million pairs of strings
 * took 2 s and a text of 64 MiB 1 s. The longest text of the contract is 1 MiB, and a command line or a list of headers has
 * some hundred entries.
 */
export const GUEST_FRAME: FrameLimits = { elements: 32_768, textBytes: 4 * 1024 * 1024 };
/** What a guest returns, once for each call: 4 MiB of a program's output in JSON, with its escapes. */
export const RESULT_FRAME: FrameLimits = { elements: 32_768, textBytes: 16 * 1024 * 1024 };
