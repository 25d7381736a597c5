import { describe, expect, it } from 'vitest';
import type { LogStream } from '../../../src-main/contract/views.ts';
import { splitRows } from '../../lib/split-rows.ts';
import { copyText } from './copy.ts';

describe('copied log text', () => {
  it('has the line ends that the rows show where the two streams come in turns', () => {
    const rows = (stream: LogStream, text: string) =>
      splitRows({ from: 0, bytes: new TextEncoder().encode(text), times: [], startsLine: true }, stream);
    const [first, second, last] = rows('stdout', `${'a'.repeat(1024)}${'b'.repeat(1024)}c`);
    const [error] = rows('stderr', 'error');
    const merged = [first, error, second, last].filter((row) => row !== undefined);
    expect(copyText(merged)).toBe(`${'a'.repeat(1024)}\nerror\n${'b'.repeat(1024)}c`);
  });

  it('ends the line where text is missing behind it', () => {
    const rows = (from: number, text: string, startsLine: boolean) =>
      splitRows({ from, bytes: new TextEncoder().encode(text), times: [], startsLine }, 'stdout');
    const hole = {
      kind: 'hole',
      id: 'h',
      stream: 'stdout',
      from: 6,
      to: 10,
      first: false,
      at: null,
    } as const;
    expect(copyText([...rows(0, 'before', true), hole, ...rows(10, 'after', false)])).toBe('before\nafter');
  });

  it('joins the pieces of a long line, drops colours and leaves holes out', () => {
    const long = 'y'.repeat(3000);
    const bytes = new TextEncoder().encode(`\u001b[32mok\u001b[0m\n${long}\nend`);
    const rows = splitRows({ from: 10, bytes, times: [], startsLine: true }, 'stdout');
    const hole = { kind: 'hole', id: 'h', stream: 'stdout', from: 0, to: 10, first: true, at: null } as const;
    expect(copyText([hole, ...rows])).toBe(`ok\n${long}\nend`);
  });
});
