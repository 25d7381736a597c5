import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, isPattern, isTopic } from './topics.ts';

const long = 'a'.repeat(256);

describe('a topic', () => {
  it.each([
    ['one segment', 'news', true],
    ['eight segments', 'a.b.c.d.e.f.g.h', true],
    ['nine segments', 'a.b.c.d.e.f.g.h.i', false],
    ['256 bytes', long, true],
    ['257 bytes', `${long}a`, false],
    ['digits, lines and capitals, as tools and principals have them', 'tool.v1.read_File.by-Ann', true],
    ['nothing', '', false],
    ['an empty first segment', '.a', false],
    ['an empty last segment', 'a.', false],
    ['two dots', 'a..b', false],
    ['a space', 'a b', false],
    ['a control character', 'a\nb', false],
    ['a letter beyond ASCII', 'é', false],
    ['a star', 'a.*', false],
  ])('with %s', (_name, text, allowed) => {
    expect(isTopic(text)).toBe(allowed);
  });
});

describe('a pattern', () => {
  it.each([
    ['a topic', 'a.b', true],
    ['a star at the end', 'a.*', true],
    ['a star alone', '*', true],
    ['a star in between', 'a.*.b', false],
    ['two stars', 'a.*.*', false],
    ['a star in a longer segment', 'a.b*', false],
    ['nine segments, the last a star', 'a.b.c.d.e.f.g.h.*', false],
    ['nothing', '', false],
  ])('which is %s', (_name, text, allowed) => {
    expect(isPattern(text)).toBe(allowed);
  });
});

describe('matching', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.b', 'a.b.c', false],
    ['a.b', 'A.b', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a.b.c', true],
    ['a.*', 'a', false],
    ['a.*', 'b.c', false],
    ['*', 'a', true],
    ['*', 'a.b', false],
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a.b.b.c', false],
    ['*.*', 'a.b.c', true],
    ['*.*', 'a', false],
    ['a.*', 'a.b.*', true],
    ['a.b.*', 'a.*', false],
    ['a.*', 'a.*', true],
    ['a.*', '*', false],
  ])('%s over %s', (pattern, text, covered) => {
    expect(covers(pattern, text)).toBe(covered);
  });

  const segment = fc.constantFrom('a', 'b');
  const topics = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
  const entries = fc
    .array(fc.oneof(segment, fc.constant('*')), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('.'));
  const patterns = fc
    .tuple(topics, fc.constantFrom('', '.*'), fc.boolean())
    .map(([topic, rest, star]) => (star && rest === '' ? '*' : `${topic}${rest}`));

  it('gives nobody a topic that the manifest’s entry does not cover', () => {
    fc.assert(
      fc.property(entries, patterns, topics, (entry, pattern, topic) => {
        const couldHear = covers(entry, pattern) && covers(pattern, topic);
        expect(couldHear && !covers(entry, topic)).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  });

  it('covers every topic by itself', () => {
    fc.assert(
      fc.property(topics, (topic) => {
        expect([isTopic(topic), covers(topic, topic)]).toEqual([true, true]);
      }),
    );
  });
});
