import { seconds } from './log.mjs';

/**
 * @typedef {object} StepResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} [skipped]
 * @property {number} time in milliseconds
 */

/**
 * The one table at the end, and the line that scripts read: `N passed, N failed`.
 * @param {StepResult[]} results
 * @param {number} time of everything, in milliseconds
 * @returns {string}
 */
export function summary(results, time) {
  const rows = results.map((result) => [result.name, verdict(result), seconds(result.time)]);
  const lines = table([['step', 'result', 'time'], ...rows, ['all', '', seconds(time)]]);
  const passed = sum(results.map((result) => result.passed));
  const failed = sum(results.map((result) => result.failed));
  return `${['', ...lines, '', `${passed} passed, ${failed} failed`].join('\n')}\n`;
}

/** @param {StepResult[]} results */
export function hasFailed(results) {
  return results.some((result) => result.failed > 0);
}

function verdict(/** @type {StepResult} */ { passed, failed, skipped = 0 }) {
  if (passed + failed === 1 && skipped === 0) {
    return passed === 1 ? 'ok' : 'FAILED';
  }
  const parts = [`${passed} passed`, failed > 0 && `${failed} FAILED`, skipped > 0 && `${skipped} skipped`];
  return parts.filter(Boolean).join(', ');
}

/** @returns {string[]} */
function table(/** @type {string[][]} */ rows) {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  '),
  );
}

function sum(/** @type {number[]} */ numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
