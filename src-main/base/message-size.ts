/** Of any value, whatever it holds: an empty list has its price, so that a million of them is not free. */
const BYTES_PER_VALUE = 16;
const BYTES_PER_UTF16_UNIT = 2;

/**
 * Bytes that a message of plain data takes: text by its UTF-16 units, keys included, and something for every value. Gives
 * Infinity for more than `limit`, so that the work is bounded whatever is measured, and for what is not plain data.
 */
export function messageSize(message: unknown, limit: number): number {
  const rest: unknown[] = [message];
  let size = 0;
  while (rest.length > 0 && size <= limit) {
    const value = rest.pop();
    size += BYTES_PER_VALUE + ownSize(value);
    if (typeof value === 'object' && value !== null && size <= limit) {
      size += pushEntries(value, rest, limit - size);
    }
  }
  return size <= limit ? size : Infinity;
}

/** Without what it holds. */
function ownSize(value: unknown): number {
  if (typeof value === 'string') {
    return value.length * BYTES_PER_UTF16_UNIT;
  }
  if (Array.isArray(value)) {
    // It may be sparse and claim to hold four billion, which whoever reads it would count through.
    return value.length * BYTES_PER_VALUE;
  }
  const sized = ['undefined', 'boolean', 'number'].includes(typeof value) || isPlain(value);
  return sized ? 0 : Infinity;
}

/** No buffer, map, date or the like: of those an object says little about its size. */
function isPlain(value: unknown): boolean {
  return value === null || Object.prototype.toString.call(value) === '[object Object]';
}

/** Of a list too by its keys: it may have others than its indices. Gives the size of the keys. */
function pushEntries(value: object, rest: unknown[], limit: number): number {
  let size = 0;
  for (const key in value) {
    size += key.length * BYTES_PER_UTF16_UNIT;
    if (size > limit) {
      break;
    }
    rest.push((value as Readonly<Record<string, unknown>>)[key]);
  }
  return size;
}
