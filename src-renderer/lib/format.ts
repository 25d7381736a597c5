const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
const MIB = 1024 * 1024;

/** Bytes in decimal units, three digits at most: `0 B`, `1.2 MB`, `640 KB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? 'B'}`;
}

/** A limit in bytes: as it was asked for when that is a whole number of MiB (`64 MiB`, `1.5 GiB`), else in decimal units. */
export function formatByteLimit(bytes: number): string {
  const mebibytes = bytes / MIB;
  if (!Number.isInteger(mebibytes) || mebibytes === 0) {
    return formatBytes(bytes);
  }
  const tenthsOfGibibyte = (mebibytes / 1024) * 10;
  return mebibytes >= 1024 && Number.isInteger(tenthsOfGibibyte)
    ? `${tenthsOfGibibyte / 10} GiB`
    : `${mebibytes} MiB`;
}

/** A span of milliseconds as its two largest units: `4 s`, `3 m 12 s`, `2 h 5 m`, `6 d 1 h`. Negative spans count as none. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) {
    return `${days} d ${hours % 24} h`;
  }
  if (hours > 0) {
    return `${hours} h ${minutes % 60} m`;
  }
  return minutes > 0 ? `${minutes} m ${seconds % 60} s` : `${seconds} s`;
}

/** How long something took: `12 ms`, `1.4 s`, then as an age. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) {
    return `${Math.max(0, Math.round(ms))} ms`;
  }
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : formatAge(ms);
}

/** Local time of day, 24 hours: `14:02:11`. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local time of day with milliseconds: `14:02:11.042`. */
export function clockTime(at: number): string {
  return `${timeOfDay(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
}

/** Offset from a start with tenths of a second: `+12.3`, `+1:02:03.4`. */
export function offsetTime(at: number, start: number): string {
  const tenths = Math.max(0, Math.round((at - start) / 100));
  const seconds = Math.floor(tenths / 10);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = `${seconds % 60}.${tenths % 10}`;
  if (minutes === 0) {
    return `+${rest}`;
  }
  const padded = rest.padStart(4, '0');
  return hours === 0
    ? `+${minutes}:${padded}`
    : `+${hours}:${String(minutes % 60).padStart(2, '0')}:${padded}`;
}

/** `1 line`, `2 lines`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** The start and end of a hash, enough to compare by eye: `3fa9c1d0…77e2`. */
export function shortHash(hash: string): string {
  return hash.length <= 16 ? hash : `${hash.slice(0, 8)}…${hash.slice(-4)}`;
}
