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
    [192_000, '3 m 12 s'],
    [7_500_000, '2 h 5 m'],
    [522_000_000, '6 d 1 h'],
  ])('says an age of %d ms as %s', (ms, words) => {
    expect(formatAge(ms)).toBe(words);
  });

  it.each([
    [0.4, '0 ms'],
    [12, '12 ms'],
    [1_400, '1.4 s'],
    [65_000, '1 m 5 s'],
  ])('says a duration of %d ms as %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  it('writes times of day and offsets with fixed parts', () => {
    const at = new Date(2026, 0, 2, 14, 2, 11, 42).getTime();
    expect(clockTime(at)).toBe('14:02:11.042');
    expect(timeOfDay(at)).toBe('14:02:11');
    expect(offsetTime(at + 12_340, at)).toBe('+12.3');
    expect(offsetTime(at + 62_000, at)).toBe('+1:02.0');
    expect(offsetTime(at + 3_723_400, at)).toBe('+1:02:03.4');
  });

  it('counts and shortens', () => {
    expect([plural(1, 'line'), plural(2, 'line'), plural(0, 'process', 'processes')]).toEqual([
      '1 line',
      '2 lines',
      '0 processes',
    ]);
    expect(shortHash('3fa9c1d0aaaaaaaaaaaaaaaa77e2')).toBe('3fa9c1d0…77e2');
  });
});
