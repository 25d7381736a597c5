import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hostileTable, toldIn } from './hostile-table.mjs';

const told = (/** @type {object} */ of, status = 'expected') => ({
  status,
  annotations: [
    { type: 'other', description: 'x' },
    { type: 'hostile', description: JSON.stringify(of) },
  ],
});

it('has a line for each attempt in the order of the points, and says how many there were', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hostile-table-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'report.json');
  const first = { point: '1 component', name: 'is empty', code: 'component-not-wasm', longestMs: 7 };
  const second = { point: '2 guest', name: 'never returns', code: 'ok', longestMs: 1234 };
  writeFileSync(
    file,
    JSON.stringify({
      suites: [
        { suites: [{ specs: [{ tests: [told(second, 'unexpected')] }] }] },
        { specs: [{ tests: [told(first)] }, { tests: [{ status: 'skipped', annotations: [] }] }] },
      ],
    }),
  );
  expect(hostileTable(toldIn(file))).toBe(
    [
      'point        attempt        ended with          longest wait',
      '1 component  is empty       component-not-wasm  7 ms',
      '2 guest      never returns  ok                  1234 ms       FAILED',
      '',
      '2 attempts (1 component: 1, 2 guest: 1)',
      '',
    ].join('\n'),
  );
});
