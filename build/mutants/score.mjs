/**
 * @typedef {object} Score
 * @property {number} mutants those that could be run
 * @property {number} killed a test failed
 * @property {number} timedOut the tests did not end, which is noticed too
 * @property {number} survived every test that reaches it passed
 * @property {number} uncovered no test reaches it
 */

/**
 * @param {readonly {status: string}[]} results
 * @returns {Score}
 */
export function scoreOf(results) {
  const count = (/** @type {string} */ status) => results.filter((each) => each.status === status).length;
  const noticed = { killed: count('Killed'), timedOut: count('Timeout') };
  const unnoticed = { survived: count('Survived'), uncovered: count('NoCoverage') };
  const mutants = noticed.killed + noticed.timedOut + unnoticed.survived + unnoticed.uncovered;
  return { mutants, ...noticed, ...unnoticed };
}

/**
 * @param {readonly Score[]} scores
 * @returns {Score}
 */
export function sumOf(scores) {
  const sum = { mutants: 0, killed: 0, timedOut: 0, survived: 0, uncovered: 0 };
  for (const score of scores) {
    for (const key of /** @type {(keyof Score)[]} */ (Object.keys(sum))) {
      sum[key] += score[key];
    }
  }
  return sum;
}

/** The share that was noticed, in percent; of no mutants at all, everything was. */
export function percent(/** @type {Score} */ { mutants, killed, timedOut }) {
  return mutants === 0 ? 100 : (100 * (killed + timedOut)) / mutants;
}

/**
 * @param {readonly {name: string, score: Score}[]} rows
 * @returns {string}
 */
export function scoreTable(rows) {
  const head = ['area', 'mutants', 'killed', 'timed out', 'survived', 'not covered', 'score'];
  const lines = rows.map(({ name, score }) => [
    name,
    ...[score.mutants, score.killed, score.timedOut, score.survived, score.uncovered].map(String),
    `${percent(score).toFixed(1)} %`,
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  );
  const text = [head, ...lines].map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return `\n${text.join('\n')}\n`;
}
