import { readFileSync } from 'node:fs';

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */

/** A run without a readable report has not run: one failure. */
const NO_REPORT = { passed: 0, failed: 1, skipped: 0 };

/**
 * @param {string} file vitest's JSON report
 * @param {number} status exit status of vitest
 * @returns {Counts}
 */
export function vitestCounts(file, status) {
  const report = readReport(file);
  if (!report) {
    return NO_REPORT;
  }
  const broken = report.testResults.filter(
    (/** @type {{status: string, assertionResults: unknown[]}} */ one) =>
      one.status === 'failed' && one.assertionResults.length === 0,
  ).length;
  return atLeastOneFailure(status, {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  });
}

/**
 * @param {string} file Playwright's JSON report
 * @param {number} status exit status of Playwright
 * @returns {Counts}
 */
export function playwrightCounts(file, status) {
  const report = readReport(file);
  if (!report) {
    return NO_REPORT;
  }
  const { expected, unexpected, flaky, skipped } = report.stats;
  return atLeastOneFailure(status, { passed: expected, failed: unexpected + flaky, skipped });
}

/** @param {readonly Counts[]} all @returns {Counts} of what ran in several passes */
export function sumOf(all) {
  return all.reduce((sum, each) => ({
    passed: sum.passed + each.passed,
    failed: sum.failed + each.failed,
    skipped: sum.skipped + each.skipped,
  }));
}

/** An unhandled error or a file that does not load fails the run without failing a test. */
function atLeastOneFailure(/** @type {number} */ status, /** @type {Counts} */ counts) {
  const ran = counts.passed + counts.failed > 0;
  return (status !== 0 && counts.failed === 0) || !ran ? { ...counts, failed: counts.failed + 1 } : counts;
}

function readReport(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
