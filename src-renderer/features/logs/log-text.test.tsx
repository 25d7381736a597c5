import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { splitRows } from '../../lib/split-rows.ts';
import { show } from '../../testing/show.tsx';
import { LogText } from './log-text.tsx';

/** The stretch of a line with these words, drawn. */
function drawn(line: string, words: string): HTMLElement {
  const bytes = new TextEncoder().encode(line);
  const [row] = splitRows({ from: 0, bytes, times: [], startsLine: true }, 'stdout');
  show(() => <p>{row === undefined ? null : <LogText row={row} />}</p>);
  return screen.getByText(words);
}

it('draws every line that a program asks for beside the others', () => {
  expect(drawn('\u001b[4:3;9;53mlines\u001b[0m', 'lines')).toHaveStyle(
    'text-decoration-line: underline line-through overline',
  );
});

it('shows text that a program conceals', () => {
  expect(drawn('\u001b[8msecret\u001b[28m', 'secret')).toBeVisible();
});
