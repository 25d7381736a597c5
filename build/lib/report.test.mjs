import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playwrightCounts, sumOf, vitestCounts } from './counts.mjs';
import { hasFailed, summary } from './summary.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function report(/** @type {unknown} */ content) {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const vitest = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
const playwright = { stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0 } };

describe('the counts of a run', () => {
  it('are those of the report', () => {
    expect(vitestCounts(report(vitest), 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
    expect(playwrightCounts(report(playwright), 0)).toEqual({ passed: 2, failed: 0, skipped: 0 });
  });

  it('count a file that did not load as a failure', () => {
    const broken = { ...vitest, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(vitestCounts(report(broken), 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('count a failure outside any test', () => {
    expect(vitestCounts(report(vitest), 1).failed).toBe(1);
    expect(playwrightCounts(report(playwright), 1).failed).toBe(1);
  });

  it('count a test that passed only at the second try as failed', () => {
    expect(playwrightCounts(report({ stats: { ...playwright.stats, flaky: 1 } }), 0).failed).toBe(1);
  });

  it('of several passes are added up', () => {
    const one = { passed: 3, failed: 1, skipped: 0 };
    expect(sumOf([one, { passed: 2, failed: 4, skipped: 1 }])).toEqual({ passed: 5, failed: 5, skipped: 1 });
  });

  it('count a run without report, with half a report or without tests as one failure', () => {
    const none = { passed: 0, failed: 1, skipped: 0 };
    expect(vitestCounts(path.join(folder, 'missing.json'), 0)).toEqual(none);
    expect(vitestCounts(report('{"numPassed'), 0)).toEqual(none);
    expect(vitestCounts(report({ ...vitest, numPassedTests: 0 }), 0)).toEqual(none);
  });
});

describe('the summary', () => {
  const results = [
    { name: 'lint', passed: 1, failed: 0, time: 900 },
    { name: 'types (node)', passed: 0, failed: 1, time: 1200 },
    { name: 'unit tests', passed: 40, failed: 2, skipped: 1, time: 10_000 },
  ];

  it('is one table and a last line with the sums', () => {
    expect(summary(results, 12_100)).toBe(`
step          result                            time
lint          ok                               0.9 s
types (node)  FAILED                           1.2 s
unit tests    40 passed, 2 FAILED, 1 skipped  10.0 s
all                                           12.1 s

41 passed, 3 failed
`);
  });

  it('has failed when any step has', () => {
    expect(hasFailed(results)).toBe(true);
    expect(hasFailed(results.slice(0, 1))).toBe(false);
  });
});
