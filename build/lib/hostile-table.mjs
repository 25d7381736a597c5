import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Told what a spec told of one attempt (e2e/support/under-watch.ts)
 * @property {string} point what was attacked
 * @property {string} name
 * @property {string} code how it ended
 * @property {number} longestMs the longest wait for an answer meanwhile
 * @property {boolean} passed
 */

/** How the annotation is called that a spec leaves. */
const TOLD = 'hostile';

/**
 * @param {string} file Playwright's JSON report
 * @returns {Told[]} in the order of the points; an attempt that told nothing of itself is not among them
 */
export function toldIn(file) {
  const { suites } = JSON.parse(readFileSync(file, 'utf8'));
  return suites
    .flatMap(testsOf)
    .flatMap((/** @type {Test} */ { annotations, status }) =>
      annotations
        .filter(({ type }) => type === TOLD)
        .map(({ description }) => ({ ...JSON.parse(description), passed: status === 'expected' })),
    )
    .toSorted((/** @type {Told} */ one, /** @type {Told} */ other) => one.point.localeCompare(other.point));
}

/**
 * @typedef {{status: string, annotations: {type: string, description: string}[]}} Test
 * @typedef {{specs?: {tests: Test[]}[], suites?: Suite[]}} Suite
 * @param {Suite} suite
 * @returns {Test[]}
 */
function testsOf({ specs = [], suites = [] }) {
  return [...specs.flatMap(({ tests }) => tests), ...suites.flatMap(testsOf)];
}

/**
 * One line for each attempt, and one that says how many there are of each point.
 * @param {readonly Told[]} told
 */
export function hostileTable(told) {
  const rows = told.map(({ point, name, code, longestMs, passed }) => [
    point,
    name,
    code,
    `${longestMs} ms`,
    passed ? '' : 'FAILED',
  ]);
  const all = [['point', 'attempt', 'ended with', 'longest wait', ''], ...rows];
  const widths = all[0]?.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const points = [...new Set(told.map(({ point }) => point))];
  const summary = points
    .map((point) => `${point}: ${told.filter((each) => each.point === point).length}`)
    .join(', ');
  return `${lines.join('\n')}\n\n${told.length} attempts (${summary})\n`;
}
