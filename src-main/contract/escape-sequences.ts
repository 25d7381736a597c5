import { MAX_CONTROL_BYTES, MAX_STRING_BYTES } from './limits.ts';

export const ESCAPE = 0x1b;

/**
 * Length of the complete escape sequence that begins at `at`, where an ESC stands; 0 when none does, or not all of it is
 * there: then the ESC and what follows is text. The 7-bit forms of ECMA-48 5.3–5.6: control sequences, control strings
 * (OSC, also ended by BEL as xterm does, DCS, APC, PM, SOS), and single escapes. None goes beyond the end of its line.
 */
export function sequenceSize(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1] ?? 0;
  if (kind === CSI) {
    return controlSize(bytes, at);
  }
  if (kind === OSC || kind === DCS || kind === APC || kind === PM || kind === SOS) {
    return stringSize(bytes, at, kind === OSC);
  }
  if (isIntermediate(kind)) {
    const end = isIntermediate(bytes[at + 2] ?? 0) ? at + 3 : at + 2;
    return isBetween(bytes[end] ?? 0, 0x30, 0x7e) ? end + 1 - at : 0;
  }
  return isBetween(kind, 0x30, 0x7e) ? 2 : 0;
}

export const CSI = 0x5b;
const OSC = 0x5d;
const DCS = 0x50;
const APC = 0x5f;
const PM = 0x5e;
const SOS = 0x58;
const BELL = 0x07;
const BACKSLASH = 0x5c;

/** Parameters, then intermediates, then one final byte; anything else in between makes it no sequence. */
function controlSize(bytes: Uint8Array, at: number): number {
  const limit = Math.min(bytes.length, at + MAX_CONTROL_BYTES);
  let index = at + 2;
  while (index < limit && isBetween(bytes[index] ?? 0, 0x30, 0x3f)) {
    index += 1;
  }
  while (index < limit && isIntermediate(bytes[index] ?? 0)) {
    index += 1;
  }
  return index < limit && isBetween(bytes[index] ?? 0, 0x40, 0x7e) ? index + 1 - at : 0;
}

function stringSize(bytes: Uint8Array, at: number, bellEnds: boolean): number {
  const limit = Math.min(bytes.length, at + MAX_STRING_BYTES);
  for (let index = at + 2; index < limit; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === ESCAPE) {
      return bytes[index + 1] === BACKSLASH ? index + 2 - at : 0;
    }
    if (byte === BELL && bellEnds) {
      return index + 1 - at;
    }
    if (!isStringByte(byte)) {
      return 0;
    }
  }
  return 0;
}

/** What ECMA-48 5.6 lets stand in a control string, and UTF-8, but no line feed: a line always ends at its end. */
function isStringByte(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || (byte >= 0x08 && byte <= 0x0d && byte !== 0x0a);
}

function isIntermediate(byte: number): boolean {
  return isBetween(byte, 0x20, 0x2f);
}

function isBetween(byte: number, first: number, last: number): boolean {
  return byte >= first && byte <= last;
}
