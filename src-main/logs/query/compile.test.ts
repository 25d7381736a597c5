import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileQuery, type LogLine } from './compile.ts';
import { parseQuery } from './parse.ts';

const now = new Date(2026, 10, 28, 12).getTime();
const filter = (query: string) => compileQuery(parseQuery(query, { now }));
const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  ...{ text, stream: 'stdout', source: 'Worker 1', at: now },
  ...more,
});
const meets = (query: string, text: string, more: Partial<LogLine> = {}): boolean =>
  filter(query)(line(text, more));

describe('a filter', () => {
  it.each([
    ['', 'anything', true],
    ['Refused', 'connection refused', true],
    ['refused connection', 'connection refused', true],
    ['"refused connection"', 'connection refused', false],
    ['-refused', 'connection refused', false],
    ['-refused', 'connected', true],
    ['GRÜN', 'grün', true],
    ['οδός οδόσ', 'ΟΔΌΣ', true],
    ['/^con.*d$/', 'connection refused', true],
    ['/Con/', 'connection', false],
    ['/Con/i', 'connection', true],
    [String.raw`/\d{3}ms/`, 'took 250ms', true],
    [String.raw`/a\/b/`, 'a/b', true],
    ['/(?<year>[0-9]{4})/', 'in 2026', true],
    [String.raw`/\u{1F600}/`, '😀', true],
    ['level:warn+', 'ERROR x', true],
    ['level:warn+', 'INFO x', false],
    ['-level:info', 'no level at all', true],
    ['level:info', 'no level at all', false],
    ['source:worker', 'x', true],
    ['source:other', 'x', false],
    ['stream:out', 'x', true],
    ['stream:err', 'x', false],
    ['status=500', '{"status":500}', true],
    ['status=500', ' {"status":"500"}', true],
    ['status=500', '{"status":501}', false],
    ['status=500', 'status=500', false],
    ['status=500', '{"status":500', false],
    ['a.b=X', '{"a":{"b":"x"}}', true],
    ['a.b=x', '{"a.b":"x"}', true],
    ['a.b=x', '{"a":null}', false],
    ['ok=true', '{"ok":true}', true],
    ['e=null', '{"e":null}', true],
    ['e=*', '{"e":null}', true],
    ['e=*', '{}', false],
    ['a=[1,2]', '{"a":[1,2]}', false],
    ['a=*', '{"a":[1,2]}', true],
    ['a.length=2', '{"a":[1,2]}', true],
    ['constructor=*', '{}', false],
    ['__proto__=*', '{}', false],
    ['msg=""', '{"msg":""}', true],
  ])('%s on %j: %s', (query, text, expected) => {
    expect(meets(query, text)).toBe(expected);
  });

  it.each(['a=x', 'a=*', 'a.b=x', '-a=x'])('%s ends on a line nested as deep as it is long', (query) => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(meets(query, deep)).toBe(['a=*', '-a=x'].includes(query));
  });

  it('takes a time from the line’s arrival, and a line without one meets none', () => {
    expect(meets('after:5m', 'x', { at: now - 300_000 })).toBe(true);
    expect(meets('after:5m', 'x', { at: now - 300_001 })).toBe(false);
    expect(meets('before:5m', 'x', { at: now - 300_001 })).toBe(true);
    expect(meets('before:5m', 'x', { at: now - 300_000 })).toBe(false);
    expect(meets('after:5m', 'x', { at: null })).toBe(false);
    expect(meets('-after:5m', 'x', { at: null })).toBe(true);
  });

  it('knows what a capsule logged itself from either stream', () => {
    expect(meets('-stream:out -stream:err', 'x', { stream: null })).toBe(true);
  });

  it.each([['/(/'], ['/a(?=b)/'], [String.raw`/(a)\1/`], ['/a{1001}/']])(
    '%s is refused, with the place',
    (query) => {
      expect(() => filter(`x ${query}`)).toThrow(
        expect.objectContaining({ code: 'bad-query', place: { from: 2, to: 2 + query.length } }),
      );
    },
  );

  // An engine that tracks back would not end here within a person's life.
  it.each(['/(a+)+$/', '/(a|aa)+$/', '/(.*)*x(.*)*y$/', '/^(([a-z])+.)+[A-Z]([a-z])+$/'])(
    '%s ends on a long line that it nearly meets',
    (query) => {
      expect(meets(query, `${'a'.repeat(50_000)}!`)).toBe(false);
    },
  );

  it('finds each word of a line in it, and leaves it out when excluded', () => {
    const characters = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(characters, fc.nat(), fc.nat(), (line, a, b) => {
        const [from = 0, to = 0] = [a % line.length, b % line.length].toSorted((x, y) => x - y);
        const whole = line.join('');
        const part = line
          .slice(from, to + 1)
          .join('')
          .replace(/["\\]/gu, String.raw`\$&`);
        expect(meets(`"${part}"`, whole)).toBe(true);
        expect(meets(`-"${part}"`, whole)).toBe(false);
      }),
    );
  });
});
