const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time as a person writes it, as epoch ms; null for what is none. `10:30`, `10:30:15.250`: the latest such time that is
 * not in the future; `2026-11-28`, `2026-11-28T10:30:15`: local unless an offset or `Z` follows; `30s`, `5m`, `2h`, `1d`: ago.
 */
export function readTime(text: string, now: number): number | null {
  const [, count, unit] = /^(\d{1,6})([smhd])$/u.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) {
    return now - Number(count) * (UNIT_MS[unit] ?? 0);
  }
  if (/^\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/u.test(text)) {
    return latestTimeOfDay(text, now);
  }
  const [date, time] =
    /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/u.exec(text)?.slice(1) ??
    [];
  // A date alone would be read as UTC.
  return date === undefined ? null : validTime(new Date(`${date}${time ?? 'T00:00'}`));
}

function latestTimeOfDay(text: string, now: number): number | null {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  if (hours > 23 || minutes > 59 || seconds >= 60) {
    return null;
  }
  const day = new Date(now);
  const milliseconds = Math.round((seconds % 1) * 1_000);
  day.setHours(hours, minutes, Math.floor(seconds), milliseconds);
  if (day.getTime() > now) {
    day.setDate(day.getDate() - 1);
    // The day before may have another offset.
    day.setHours(hours, minutes, Math.floor(seconds), milliseconds);
  }
  return day.getTime();
}

function validTime(date: Date): number | null {
  return Number.isNaN(date.getTime()) ? null : date.getTime();
}
