import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTime } from './time.ts';

const now = new Date(2026, 10, 28, 10, 30, 15, 500).getTime();

describe('a time in a query', () => {
  it.each([
    ['30s', now - 30_000],
    ['5m', now - 300_000],
    ['2h', now - 7_200_000],
    ['1d', now - 86_400_000],
    ['10:30', new Date(2026, 10, 28, 10, 30).getTime()],
    ['10:30:15.5', now],
    ['10:30:15.501', new Date(2026, 10, 27, 10, 30, 15, 501).getTime()],
    ['10:31', new Date(2026, 10, 27, 10, 31).getTime()],
    ['00:00', new Date(2026, 10, 28).getTime()],
    ['2026-11-28', new Date(2026, 10, 28).getTime()],
    ['2026-11-28T09:05', new Date(2026, 10, 28, 9, 5).getTime()],
    ['2026-11-28T09:05:07.25', new Date(2026, 10, 28, 9, 5, 7, 250).getTime()],
    ['2026-11-28T09:05Z', Date.UTC(2026, 10, 28, 9, 5)],
    ['2026-11-28T09:05+02:00', Date.UTC(2026, 10, 28, 7, 5)],
  ])('%s is read', (text, at) => {
    expect(readTime(text, now)).toBe(at);
  });

  it.each([
    ...['', '5', '5x', 'm', '-5m', '10', '24:00', '10:60', '10:30:60', '10:3', '1:30'],
    ...['2026-13-01', '2026-11-28T', '2026-11-28 09:05', '26-11-28', 'yesterday', '9999999m'],
  ])('%j is none', (text) => {
    expect(readTime(text, now)).toBeNull();
  });

  it('of a day is the latest that is not in the future', () => {
    fc.assert(
      fc.property(
        fc.record({ hour: fc.nat(23), minute: fc.nat(59), today: fc.integer({ min: 0, max: 2e12 }) }),
        ({ hour, minute, today }) => {
          const text = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const at = readTime(text, today) ?? Number.NaN;
          expect(at).toBeLessThanOrEqual(today);
          // A day has 25 hours at most, where clocks are put back.
          expect(today - at).toBeLessThan(26 * 3_600_000);
        },
      ),
    );
  });
});
