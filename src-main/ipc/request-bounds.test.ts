import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../base/testing.ts';
import {
  MAX_PAYLOAD_BYTES,
  MAX_REQUEST_BYTES,
  MAX_REQUEST_BYTES_PER_SECOND,
  MAX_REQUESTS_PER_SECOND,
} from '../contract/limits.ts';
import {
  BACKLOG_SECONDS,
  MAX_ACTION_CHARACTERS,
  MAX_CAPSULE_ID_CHARACTERS,
  MAX_REFUSED,
} from './constants.ts';
import { RequestBounds } from './request-bounds.ts';

const LARGEST_BURST = BACKLOG_SECONDS * MAX_REQUESTS_PER_SECOND;

function bounds() {
  const clock = fakeClock();
  const ended: object[] = [];
  const made = new RequestBounds<object>(clock, (page) => void ended.push(page));
  /** The code of what a request gets, or `ok`. */
  const charge = (page: object, ...sent: readonly unknown[]): string => {
    try {
      made.charge(page, sent);
      return 'ok';
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };
  return { clock, ended, charge };
}

describe('the bounds of requests', () => {
  it('let the largest request pass that the validators let pass', () => {
    const { charge, ended } = bounds();
    const invocation = {
      id: 'x'.repeat(MAX_CAPSULE_ID_CHARACTERS),
      action: 'x'.repeat(MAX_ACTION_CHARACTERS),
      payload: 'x'.repeat(MAX_PAYLOAD_BYTES),
      principal: 'x'.repeat(64),
      call: 'x'.repeat(64),
    };
    expect(charge({}, invocation)).toBe('ok');
    expect(ended).toEqual([]);
  });

  it('end at once a page whose request the preload would not have let out', () => {
    const { charge, ended } = bounds();
    const page = {};
    expect(charge(page, { key: 'x'.repeat(MAX_REQUEST_BYTES) })).toBe('too-large');
    expect(ended).toEqual([page]);
  });

  it('refuse what is too much, end the page that goes on, and leave another alone', () => {
    const { charge, ended } = bounds();
    const [flooding, other] = [{}, {}];
    const codes = (count: number) => new Set(Array.from({ length: count }, () => charge(flooding, null)));
    expect(codes(LARGEST_BURST)).toEqual(new Set(['ok']));
    expect(codes(MAX_REFUSED)).toEqual(new Set(['too-many-requests']));
    expect(ended).toEqual([]);
    expect(charge(flooding, null)).toBe('too-many-requests');
    expect(ended).toEqual([flooding]);
    expect(charge(other, null)).toBe('ok');
    // The page that comes in its place begins anew.
    expect(charge(flooding, null)).toBe('ok');
  });

  it('count bytes as well', () => {
    const { charge } = bounds();
    const page = {};
    const half = 'x'.repeat(MAX_REQUEST_BYTES / 4);
    const fitting = Math.floor(
      (BACKLOG_SECONDS * MAX_REQUEST_BYTES_PER_SECOND) / (MAX_REQUEST_BYTES / 2 + 66),
    );
    const codes = Array.from({ length: fitting + 1 }, () => charge(page, half));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(fitting);
  });

  it('never refuse a page that keeps to the bounds of the preload, however main is held up', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(BACKLOG_SECONDS * 900), { maxLength: 20 }), (pauses) => {
        const { clock, charge } = bounds();
        const page = {};
        for (const ms of pauses) {
          clock.pass(ms);
          // All that was sent meanwhile, at once.
          const waiting = Math.floor((ms / 1_000) * MAX_REQUESTS_PER_SECOND);
          for (let count = 0; count < waiting; count += 1) {
            expect(charge(page, null)).toBe('ok');
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
