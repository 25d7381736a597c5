import { describe, expect, it } from 'vitest';
import { parseMore, refusalOf } from './testing.ts';

/** The three places where a topic may stand, and how a refusal names them. */
const PLACES: readonly (readonly [place: string, text: (topic: string) => string])[] = [
  ['[publish]', (topic) => `[publish]\n"${topic}" = "opaque"`],
  ['[subscribe]', (topic) => `[subscribe]\n"${topic}" = { wit = "w", handler = "h" }`],
  ['[interceptor[0]]', (topic) => `[[interceptor]]\nevent = "${topic}"\naction = "a"`],
  ['[capabilities]', (topic) => `[capabilities]\nipc_publish = ["${topic}"]`],
  ['[capabilities]', (topic) => `[capabilities]\nipc_subscribe = ["${topic}"]`],
];

describe.each(PLACES)('a topic in %s', (place, text) => {
  it('has at most 256 bytes', () => {
    for (const topic of ['a', 'a.b-c.*', 'é'.repeat(128)]) {
      expect(parseMore(text(topic)).id).toBe('demo');
    }
    for (const topic of ['a'.repeat(257), 'é'.repeat(129), `é${'a'.repeat(255)}`]) {
      expect(refusalOf(text(topic))).toMatch(
        /^manifest-bad-topic: "[aé]+…" in \[.*\] has more than 256 bytes, and no message has such a topic\.$/,
      );
      expect(refusalOf(text(topic))).toContain(` in ${place} `);
    }
  });

  it.each(['', '.', 'a.', '.a', 'a..b'])('has no empty segment: %j', (topic) => {
    expect(refusalOf(text(topic))).toBe(
      `manifest-bad-topic: "${topic}" in ${place} is not a valid topic: it has an empty segment.`,
    );
  });
});

describe('an action', () => {
  it.each([
    ['subscribe.a.handler', (action: string) => `[subscribe]\n"a" = { wit = "w", handler = "${action}" }`],
    ['interceptor[0].action', (action: string) => `[[interceptor]]\nevent = "a"\naction = "${action}"`],
  ])('has a name that can be shown: %s', (path, text) => {
    for (const action of ['b', 'do it', 'é'.repeat(256)]) {
      expect(parseMore(text(action)).actions).toEqual([{ topic: 'a', action, priority: 100 }]);
    }
    expect(refusalOf(text('b'.repeat(257)))).toBe(
      `manifest-too-large: "${path}" has 257 characters; at most 256 are read.`,
    );
    expect(refusalOf(text('b\\u001b[2J'))).toBe(
      `manifest-wrong-type: "${path}" has control characters in it.`,
    );
  });

  it('runs in the order of its priority, which is 100 when nothing is said', () => {
    expect(
      parseMore(`
        [subscribe]
        "a" = { wit = "w", handler = "x", priority = 0 }
        "b" = { wit = "w", handler = "x" }
        [[interceptor]]
        event = "c"
        action = "y"
        priority = 4294967295
        [[interceptor]]
        event = "c"
        action = "z"
      `).actions.map(({ topic, action, priority }) => [topic, action, priority]),
    ).toEqual([
      ['a', 'x', 0],
      ['b', 'x', 100],
      ['c', 'y', 4_294_967_295],
      ['c', 'z', 100],
    ]);
  });

  it('is needed for a priority', () => {
    expect(refusalOf('[subscribe]\n"a.b" = { wit = "w", priority = 1 }')).toBe(
      'manifest-priority-without-handler: "subscribe.a.b" has a priority but no handler.',
    );
  });
});

describe.each(['publish', 'subscribe'])('a topic of [%s]', (table) => {
  it.each(['version', 'tag', 'rev', 'branch', 'path'])('takes its record type from one source: %s', (pin) => {
    const { warnings, ...manifest } = parseMore(
      `[${table}]\n"a.b" = { wit = "w", ${pin} = "1", fanout = true }`,
    );
    expect(manifest).toMatchObject({ [table]: ['a.b'], actions: [] });
    expect(warnings).toEqual([]);
    const other = pin === 'tag' ? 'rev' : 'tag';
    expect(refusalOf(`[${table}]\n"a.b" = { wit = "w", ${pin} = "1", ${other} = "2" }`)).toMatch(
      new RegExp(
        `^manifest-two-pins: "${table}\\.a\\.b" names 2 sources: (?:${pin}, ${other}|${other}, ${pin})\\.$`,
      ),
    );
    expect(refusalOf(`[${table}]\n"a.b" = { wit = "w", ${pin} = 1 }`)).toMatch(
      `manifest-wrong-type: "${table}.a.b.${pin}" must be a string`,
    );
  });

  it('needs a record type, and nothing that is not known', () => {
    expect(refusalOf(`[${table}]\n"a" = { fanout = true }`)).toBe(
      `manifest-missing-key: "${table}.a.wit" is missing.`,
    );
    expect(refusalOf(`[${table}]\n"a" = { wit = "w", fanout = 1 }`)).toMatch(
      `"${table}.a.fanout" must be true or false`,
    );
    expect(parseMore(`[${table}]\n"a" = { wit = "w", fan_out = true }`).warnings).toEqual([
      `"${table}.a.fan_out" is unknown and has no effect. Did you mean "fanout"?`,
    ]);
  });
});
