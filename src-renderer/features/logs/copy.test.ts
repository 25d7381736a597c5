import { describe, expect, it } from 'vitest';
import { splitRows } from '../../lib/split-rows.ts';
import { copyText } from './copy.ts';

describe('copied log text', () => {
  it('joins the pieces of a long line, drops colours and leaves holes out', () => {
    const long = 'y'.repeat(3000);
    const bytes = new TextEncoder().encode(`\u001b[32mok\u001b[0m\n${long}\nend`);
    const rows = splitRows({ from: 10, bytes, times: [], startsLine: true }, 'stdout');
    const hole = { kind: 'hole', id: 'h', stream: 'stdout', from: 0, to: 10, first: true, at: null } as const;
    expect(copyText([hole, ...rows])).toBe(`ok\n${long}\nend`);
  });
});
