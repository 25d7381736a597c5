import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_LEVELS, levelOf } from './level.ts';

describe('the level of a line', () => {
  it.each([
    ['2026-11-28 10:30:00 ERROR connection refused', 'error'],
    ['[warn] disk is 91% full', 'warn'],
    ['[ INFO ] ready', 'info'],
    ['[INFO ] ready', 'info'],
    ['time=10:30 level=warning msg="slow"', 'warn'],
    ['{"level":"debug","msg":"ERROR is only a word here"}', 'debug'],
    ['{"time":1,"level":50,"msg":"boom"}', 'error'],
    ['{"level":30}', 'info'],
    ['{"level":10}', 'trace'],
    ['{"level":70}', null],
    ['{"severity": "Critical"}', 'error'],
    ['{"lvl":"trace"}', 'trace'],
    ['I1128 10:30:00.123 main.go:7] ready', 'info'],
    ['F1128 10:30:00.123 main.go:7] gone', 'error'],
    ['<4>a line for the journal', 'warn'],
    ['<7>a line for the journal', 'debug'],
    ['<6>a line for the journal', 'info'],
    ['<3>a line for the journal', 'error'],
    ['error: no such file', 'error'],
    ['npm WARN deprecated', 'warn'],
    ['Error: at the top of a stack', 'error'],
    ['TypeError: x is not a function', 'error'],
    ['java.io.IOException: closed', 'error'],
    ['INFO handled, error: none', 'info'],
    ['NOTICE moved', 'info'],
    ['no errors were found', null],
    ['warning signs are everywhere', null],
    ['ERRORS 0', null],
    ['TERROR: a film', null],
    ['', null],
    ['constructor: toString', null],
  ])('%j is %s', (line, level) => {
    expect(levelOf(line)).toBe(level);
  });

  it('is looked for at the head of a line only', () => {
    expect(levelOf(`${'.'.repeat(240)} ERROR`)).toBe('error');
    expect(levelOf(`${'.'.repeat(260)} ERROR`)).toBeNull();
  });

  it('is a level or none, whatever the line is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (line) => {
        expect([...LOG_LEVELS, null]).toContain(levelOf(line));
      }),
    );
  });
});
