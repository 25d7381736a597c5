import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatByteLimit,
  formatBytes,
  clockTime,
  formatDuration,
  offsetTime,
  plural,
  shortHash,
  timeOfDay,
} from './format.ts';

describe('words for numbers', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [9_940, '9.9 KB'],
    [9_950, '10 KB'],
    [999_499, '999 KB'],
    [999_500, '1.0 MB'],
    [3_000_000_000_000, '3.0 TB'],
    [5_000_000_000_000_000, '5000 TB'],
    [1_234_567, '1.2 MB'],
    [640_000, '640 KB'],
    [999_960, '1.0 MB'],
    [2_000_000_000, '2.0 GB'],
  ])('says %d bytes as %s', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it.each([
    [64 * 1024 ** 2, '64 MiB'],
    [8 * 1024 ** 3, '8 GiB'],
    [1024 ** 2, '1 MiB'],
    [1023 * 1024 ** 2, '1023 MiB'],
    [512 * 1024 ** 2, '512 MiB'],
    [1024 ** 3, '1 GiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [1_100 * 1024 ** 2, '1100 MiB'],
    [64_000_000, '64 MB'],
    [0, '0 B'],
  ])('says a limit of %d bytes as %s', (bytes, words) => {
    expect(formatByteLimit(bytes)).toBe(words);
  });

  it.each([
    [-5, '0 s'],
    [4_999, '4 s'],
    [59_999, '59 s'],
    [60_000, '1 m 0 s'],
    [3_599_999, '59 m 59 s'],
    [3_600_000, '1 h 0 m'],
    [86_399_999, '23 h 59 m'],
    [86_400_000, '1 d 0 h'],
    [192_000, '3 m 12 s'],
    [7_500_000, '2 h 5 m'],
    [522_000_000, '6 d 1 h'],
  ])('says an age of %d ms as %s', (ms, words) => {
    expect(formatAge(ms)).toBe(words);
  });

  it.each([
    [0.4, '0 ms'],
    [-3, '0 ms'],
    [12, '12 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [1_400, '1.4 s'],
    [9_949, '9.9 s'],
    [9_950, '9 s'],
    [10_000, '10 s'],
    [65_000, '1 m 5 s'],
  ])('says a duration of %d ms as %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  it('writes times of day and offsets with fixed parts', () => {
    const at = new Date(2026, 0, 2, 14, 2, 11, 42).getTime();
    expect(clockTime(at)).toBe('14:02:11.042');
    expect(timeOfDay(at)).toBe('14:02:11');
    expect(offsetTime(at + 12_340, at)).toBe('+12.3');
    expect(offsetTime(at - 5, at)).toBe('+0.0');
    expect(offsetTime(at + 59_949, at)).toBe('+59.9');
    expect(offsetTime(at + 59_950, at)).toBe('+1:00.0');
    expect(offsetTime(at + 62_000, at)).toBe('+1:02.0');
    expect(offsetTime(at + 3_599_900, at)).toBe('+59:59.9');
    expect(offsetTime(at + 3_600_000, at)).toBe('+1:00:00.0');
    const early = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
    expect(clockTime(early)).toBe('03:04:05.006');
    expect(offsetTime(at + 3_723_400, at)).toBe('+1:02:03.4');
  });

  it('counts and shortens', () => {
    expect([
      plural(1, 'line'),
      plural(2, 'line'),
      plural(0, 'process', 'processes'),
      plural(1_234_567, 'line'),
    ]).toEqual(['1 line', '2 lines', '0 processes', '1,234,567 lines']);
    expect(shortHash('0123456789abcdef')).toBe('0123456789abcdef');
    expect(shortHash('0123456789abcdef0')).toBe('01234567…def0');
    expect(shortHash('3fa9c1d0aaaaaaaaaaaaaaaa77e2')).toBe('3fa9c1d0…77e2');
  });
});
