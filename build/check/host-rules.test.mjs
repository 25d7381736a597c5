import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../lib/paths.mjs';
import { checkHostRules } from './host-rules.mjs';

/** What is said of a host file with this text. */
function check(/** @type {string} */ text, file = 'kv/kv.ts') {
  const folder = mkdtempSync(path.join(tmpdir(), 'host-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const whole = path.join(folder, 'src-main', 'host', file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return checkHostRules(folder);
}

describe('a host function', () => {
  it.each([
    ['looks at rights', "import { isHeld } from '../../policy/capabilities.ts';", 'uses isHeld'],
    ['decides', "import { decide } from '../../policy/decide.ts';", 'the gate decides'],
    ['counts', "import { createLedger } from '../../policy/charges.ts';", 'charges'],
    [
      'counts in its module',
      'let calls = 0;\nexport const next = () => (calls += 1);',
      'state belongs to a service',
    ],
    [
      'keeps a map in its module',
      'const known = new WeakMap<object, string>();',
      'state belongs to a service',
    ],
    ['keeps a set in its module', 'export const seen = new Set<string>();', 'state belongs to a service'],
    ['records', "import { openAuditLog } from '../../store/audit-log.ts';", 'records are written'],
    [
      'makes a record',
      "import type { AuditRecord } from '../../policy/audit-record.ts';",
      'records are written',
    ],
    ['denies', "throw new WitError({ tag: 'capability-denied' });", 'answers capability-denied by itself'],
    ['refuses for a number', "throw new WitError<ErrorCode>({ tag: 'quota' });", 'answers quota by itself'],
  ])('that %s by itself is found, with its line', (_name, text, why) => {
    expect(check(`// first\n${text}`)).toEqual([
      expect.stringMatching(new RegExp(`^src-main/host/kv/kv\\.ts:[23] .*${why}`)),
    ]);
  });

  it.each([
    ['keeps a table', 'const RESERVED: ReadonlySet<string> = new Set(["A"]);'],
    ['says what a decision is in its interface', "errorsOf({ quota: { tag: 'rate-limited' } });"],
    ['maps a code', "errorsOf({ byCode: { quota: 'quota' } });"],
    ['fails with a case of its own', "throw new WitError({ tag: 'closed' });"],
  ])('may %s', (_name, text) => {
    expect(check(text)).toEqual([]);
  });

  it.each(['pipeline/pipeline.ts', 'generated/x.ts', 'kv/kv.test.ts', 'testing.ts'])('is not %s', (file) => {
    expect(check('let count = 0;', file)).toEqual([]);
  });

  it('of this project goes no way round', () => {
    expect(checkHostRules(root)).toEqual([]);
  });
});
