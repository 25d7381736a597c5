import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_COMMAND_VIEW_BYTES, MAX_COMMAND_VIEW_WORDS } from '../../contract/limits.ts';
import { cutCommand } from './cut-command.ts';

it.each([
  ['a command that fits', ['sh', '-c', 'echo ü'], ['sh', '-c', 'echo ü'], false],
  ['the end of a long argument', ['sh', 'a'.repeat(120_000)], ['sh', 'a'.repeat(1021)], true],
  ['a torn character at the cut', ['sh', `${'a'.repeat(1020)}ü`, 'x'], ['sh', 'a'.repeat(1020)], true],
  ['words beyond the last that fits', Array<string>(5000).fill(''), Array<string>(128).fill(''), true],
])('leaves out nothing but %s', (_what, command, words, cut) => {
  expect(cutCommand(command)).toEqual({ words, cut });
});

it('is the beginning of the command, and never longer than a view may be', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 400 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 200 }), (command) => {
      const { words, cut } = cutCommand(command);
      expect(words.length).toBeLessThanOrEqual(MAX_COMMAND_VIEW_WORDS);
      expect(Buffer.byteLength(words.join(' '))).toBeLessThanOrEqual(MAX_COMMAND_VIEW_BYTES + 1);
      expect(words.slice(0, -1)).toEqual(command.slice(0, words.length - 1));
      expect(command[words.length - 1]?.startsWith(words.at(-1) ?? '')).toBe(true);
      expect(cut).toBe(words.join(' ') !== command.join(' '));
    }),
  );
});
