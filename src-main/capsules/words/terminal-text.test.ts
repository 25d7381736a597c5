import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hiddenText } from '../../contract/hidden-text.ts';
import { terminalJson, terminalText } from './terminal-text.ts';

it.each([
  ['a title', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
  ['a colour', '\u001b[31mred', '\\u{1b}[31mred'],
  ['a carriage return', 'one\rtwo', 'one\\u{d}two'],
  ['tabs', 'a\tb', 'a\tb'],
  ['lines that could pose as ours', 'error: a\nhint: b', 'error: a\n  hint: b'],
])('tells %s', (_what, text, told) => {
  expect(terminalText(text)).toBe(told);
});

it('prints JSON of the same value without anything that a terminal acts on', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (value) => {
      const printed = terminalJson(JSON.stringify(value, null, 2));
      expect(JSON.parse(printed)).toEqual(value);
      const hidden = Array.from(printed.matchAll(hiddenText)).filter(([, emoji]) => emoji === undefined);
      expect(hidden.filter(([match]) => match !== '\n')).toEqual([]);
    }),
    // An emoji of one unit is shown as it is, like all others.
    { examples: [[['⚪', '⚪\u{fe0f}']]] },
  );
});
