import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from './parse.ts';
import { QueryError } from './query-error.ts';

const now = new Date(2026, 10, 28, 12).getTime();
const parse = (query: string) => parseQuery(query, { now });

/** The terms without their places. */
function conditions(query: string): readonly object[] {
  return parse(query).map(({ from: _from, to: _to, excluded, ...condition }) =>
    excluded ? { not: condition } : condition,
  );
}

const word = (text: string) => ({ kind: 'text', text });
const regex = (pattern: string, ignoreCase = false) => ({ kind: 'regex', pattern, ignoreCase });
const field = (path: readonly string[], value: string | null) => ({ kind: 'field', path, value });

describe('a query', () => {
  it.each([
    ['', []],
    ['  \t ', []],
    ['refused', [word('refused')]],
    ['two words', [word('two'), word('words')]],
    ['"a phrase"', [word('a phrase')]],
    [String.raw`"a \"quote\" and \\ and \n"`, [word(String.raw`a "quote" and \ and \n`)]],
    ['""', [word('')]],
    ['a"b', [word('a"b')]],
    ['-debug', [{ not: word('debug') }]],
    ['-"a phrase"', [{ not: word('a phrase') }]],
    ['"-debug"', [word('-debug')]],
    ['- a', [word('-'), word('a')]],
    ['--force', [{ not: word('-force') }]],
    ['/tim(e|ed) out/', [regex('tim(e|ed) out')]],
    ['/TIMEOUT/i', [regex('TIMEOUT', true)]],
    [String.raw`/a\/b/`, [regex(String.raw`a\/b`)]],
    ['-/x/', [{ not: regex('x') }]],
    ['/usr/bin', [word('/usr/bin')]],
    ['/usr', [word('/usr')]],
    ['//', [word('//')]],
    ['/a/ii', [word('/a/ii')]],
    ['level:error', [{ kind: 'level', levels: ['error'] }]],
    ['level:Warn,trace', [{ kind: 'level', levels: ['warn', 'trace'] }]],
    ['level:info+', [{ kind: 'level', levels: ['info', 'warn', 'error'] }]],
    ['-level:debug', [{ not: { kind: 'level', levels: ['debug'] } }]],
    [
      'stream:err stream:stdout',
      [
        { kind: 'stream', stream: 'stderr' },
        { kind: 'stream', stream: 'stdout' },
      ],
    ],
    ['source:"my worker"', [{ kind: 'source', text: 'my worker' }]],
    ['after:5m', [{ kind: 'after', at: now - 300_000 }]],
    ['before:10:30', [{ kind: 'before', at: new Date(2026, 10, 28, 10, 30).getTime() }]],
    ['status=500', [field(['status'], '500')]],
    ['http.status=500', [field(['http', 'status'], '500')]],
    ['msg="not found"', [field(['msg'], 'not found')]],
    ['msg=""', [field(['msg'], '')]],
    ['err=*', [field(['err'], null)]],
    ['err="*"', [field(['err'], '*')]],
    ['-err=*', [{ not: field(['err'], null) }]],
    ['level=error', [field(['level'], 'error')]],
    ['__proto__=x', [field(['__proto__'], 'x')]],
    ['http://example.org', [word('http://example.org')]],
    ['10:30', [word('10:30')]],
    ['toString:x', [word('toString:x')]],
    ['=5', [word('=5')]],
    ['a\u00a0b', [word('a'), word('b')]],
  ])('%j is read', (query, expected) => {
    expect(conditions(query)).toEqual(expected);
  });

  it.each([
    ['a "phrase', 'The quote has no end.', [2, 9]],
    ['a level:loud', 'There is no level "loud".', [2, 12]],
    ['level:warn,', 'There is no level "".', [0, 11]],
    ['stream:in', 'There is no stream "in".', [0, 9]],
    ['after:noon', '"noon" is not a time.', [0, 10]],
    ['level:', 'level: needs a value.', [0, 6]],
    ['a= b', 'a= needs a value.', [0, 2]],
    ['x'.repeat(5_000), 'The query has 5000 characters, and 4096 is the most.', [4_096, 5_000]],
  ])('%j is refused, with the place', (query, message, [from, to]) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({ code: 'bad-query', message, place: { from, to } }),
    );
  });

  it('is read or refused, whatever it is, and every term has its place', () => {
    const piece = fc.oneof(
      fc.constantFrom('"', '\\', '/', '-', ':', '=', ' ', 'level:', 'after:', 'a.b=', 'i', '+', ','),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const query = pieces.join('');
        try {
          let end = 0;
          for (const { from, to } of parse(query)) {
            expect(query.slice(end, from).trim()).toBe('');
            expect(to).toBeGreaterThan(from);
            end = to;
          }
          expect(query.slice(end).trim()).toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          const { from, to } = (error as QueryError).place;
          expect(query.slice(from, to)).not.toBe('');
        }
      }),
    );
  });

  it('finds again what stands in quotes, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(conditions(`"${text.replace(/["\\]/gu, String.raw`\$&`)}"`)).toEqual([word(text)]);
      }),
    );
  });
});
