import { corruptArchive, sparseFile, unsupportedArchive } from './archive-errors.ts';

/** What an extended header says of the entry behind it, as far as it is asked here. */
export interface ExtendedFacts {
  readonly path?: string;
  /** Bytes. */
  readonly size?: number;
}

/** Keys that say what an entry is. A reader may take the first or the last of two, so two must agree. */
const OF_THE_ENTRY = ['path', 'linkpath', 'size'];
/** How GNU tar, star and Solaris say that the data of an entry is not the file's content as it stands. */
const SPARSE = /^(?:GNU\.sparse\.|SCHILY\.realsize$|SUN\.holesdata$)/;
const UTF8 = 'ISO-IR 10646 2000 UTF-8';

/**
 * Reads the data of a pax header (POSIX.1-2001, `pax`, "Extended Header"), for one entry or for all that follow. What
 * does not matter to a capsule (times, owners, comments, attributes of other tools) is passed over.
 *
 * @param name of the entry, for messages
 * @throws TypedError `archive-corrupt` or, for what changes the content's meaning, `archive-unsupported`
 */
export function readPax(data: Uint8Array, scope: 'entry' | 'all', name: string): ExtendedFacts {
  const records = recordsOf(data, name);
  if ([...records.keys()].some((key) => SPARSE.test(key))) {
    throw sparseFile(name);
  }
  if (![undefined, '', UTF8].includes(records.get('hdrcharset'))) {
    throw unsupportedArchive(`the name of ${name} is not UTF-8`, 'Pack it again with UTF-8 names.');
  }
  const forAll = scope === 'all' ? OF_THE_ENTRY.find((key) => records.has(key)) : undefined;
  if (forAll !== undefined) {
    throw unsupportedArchive(
      `it gives all entries one "${forAll}"`,
      'Pack the capsule again with another tool.',
    );
  }
  // An empty value takes a record back, so the older header counts.
  const path = records.get('path') ?? '';
  const size = records.get('size') ?? '';
  return { ...(path === '' ? {} : { path }), ...(size === '' ? {} : { size: sizeOf(size, name) }) };
}

/** Each is `<its own length> <key>=<value>\n`; the length counts bytes, so a value may hold anything. */
function recordsOf(data: Uint8Array, name: string): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  const decoder = new TextDecoder();
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(0x20, at);
    // Seven digits: more than one may have in all.
    const digits = space < 0 || space - at > 7 ? '' : decoder.decode(data.subarray(at, space));
    const end = at + Number(digits);
    const record = decoder.decode(data.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    // A length beyond the data has no line end there, one that is too short leaves no record.
    if (!/^\d+$/.test(digits) || data[end - 1] !== 0x0a || equals < 1) {
      throw corruptArchive(`the extended header of ${name} cannot be read`);
    }
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (OF_THE_ENTRY.includes(key) && (records.get(key) ?? value) !== value) {
      throw corruptArchive(`the extended header of ${name} has two different values for "${key}"`);
    }
    records.set(key, value);
    at = end;
  }
  return records;
}

function sizeOf(text: string, name: string): number {
  if (!/^\d+$/.test(text)) {
    throw corruptArchive(`the extended header of ${name} gives no whole number of bytes as its size`);
  }
  return Number(text);
}
