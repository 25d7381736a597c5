import { describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
import { MAX_MANIFEST_BYTES } from '../limits.ts';
import { HEAD, parse } from './testing.ts';

/** `before`, as many lines as a manifest has room for, `after`; and how many lines those are. */
function full(
  before: string,
  line: (index: number) => string,
  after = '',
  most = Infinity,
): { readonly text: string; readonly lines: number } {
  const parts: string[] = [];
  let size = before.length + after.length;
  for (let index = 0; index < most && size + line(index).length < MAX_MANIFEST_BYTES; index++) {
    parts.push(line(index));
    size += line(index).length;
  }
  return { text: before + parts.join('') + after, lines: parts.length };
}

function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (isTypedError(error)) {
      return `${error.code}: ${error.message} ${error.hint}`;
    }
    throw error;
  }
  return 'accepted';
}

const key = (index: number): string => `k-${index.toString(36)} = 1\n`;

describe('what a manifest may make the host say', () => {
  it.each([
    ['unknown keys at the top', full('', key, HEAD)],
    ['unknown keys of a table', full(HEAD, key)],
    ['unknown keys of a topic', full(`${HEAD}[publish."a.b"]\nwit = "w"\n`, key)],
    [
      'unknown keys of many tables',
      full(HEAD, () => '[[tool]]\nname = "a"\ndescription_for_llm = "b"\nx = 1\n', '', 1_000),
    ],
    ['unknown tables', full(HEAD, (index) => `[x${index}]\n`)],
    ['settings of an unknown type', full(HEAD, (index) => `[env.k${index}]\ntype = "x"\n`, '', 1_000)],
  ])('is at most 20 warnings and how many more: %s', (_, { text, lines }) => {
    const { warnings } = parse(text);
    expect(warnings).toHaveLength(21);
    const more = Number(/^(\d+) more warnings\.$/.exec(warnings[20] ?? '')?.[1]);
    // Some of the tables have a warning of their own.
    expect(more).toBeGreaterThanOrEqual(lines - 20);
    expect(more).toBeLessThanOrEqual(lines - 18);
    expect(Math.max(...warnings.map((warning) => warning.length))).toBeLessThan(600);
  });

  it('is all 20 warnings when there are 20', () => {
    const keys = (count: number): string => Array.from({ length: count }, (_, index) => key(index)).join('');
    expect(parse(HEAD + keys(20)).warnings).toHaveLength(20);
    expect(parse(HEAD + keys(20)).warnings.at(-1)).toContain('"package.k-j"');
    expect(parse(HEAD + keys(21)).warnings.at(-1)).toBe('1 more warning.');
  });

  it('has no piece of the manifest whole in it, however long that is', () => {
    const long = 'x'.repeat(100_000);
    for (const text of [
      `${HEAD}[capabilities]\nfs_read = ["cwd:///${long}"]`,
      `${HEAD}[env.${long}]\nrequest = "?"`,
      `${HEAD}[env.${long}]\n${'k'.repeat(50_000)} = 1`,
      `${HEAD}[${long}]\ncomponent = [[]]\n[component]\n`,
      `${HEAD}[publish]\n"${long}..a" = "opaque"`,
      `${HEAD}[publish]\n"${long}" = { version = 1 }`,
      `${HEAD}[imports]\n"a:b" = "${long}"`,
      `${HEAD}[${long}]\ndefault = ${'9'.repeat(100_000)}`,
      `[package]\nname = "${long}"`,
      `[package]\nname = "a"\nversion = "${long}"`,
    ]) {
      expect(refusal(text)).toMatch(/^manifest-/);
      expect(refusal(text).length).toBeLessThan(1_000);
    }
  });
});

describe('the rights that a manifest asks for', () => {
  const listOf = (entries: readonly string[], key = 'host_process'): string =>
    `${HEAD}[capabilities]\n${key} = ${JSON.stringify(entries)}\n`;
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

  it.each([
    'fs_read',
    'fs_write',
    'host_process',
    'identity',
    'kv',
    'net',
    'net_bind',
    'net_connect',
    'ipc_publish',
    'ipc_subscribe',
  ])('are not more than a person can read: %s', (key) => {
    const limit = key.startsWith('ipc_') ? 1_024 : 64;
    expect(refusal(listOf(many(limit), key))).toBe('accepted');
    expect(refusal(listOf(many(limit + 1), key))).toMatch(
      new RegExp(`^manifest-too-large: "capabilities.${key}" has ${limit + 1} entries; at most ${limit} `),
    );
  });

  it('have no entry that is longer than a path can be', () => {
    expect(refusal(listOf(['p'.repeat(1_024)]))).toBe('accepted');
    expect(refusal(listOf(['p'.repeat(1_025)]))).toMatch(/^manifest-too-large: /);
    expect(refusal(listOf(many(16).map((entry) => entry.padEnd(1_024))))).toMatch(/^manifest-too-large: /);
  });

  it('count together at the root and in the component', () => {
    const own = `[[component]]\nfile = "a.wasm"\n[component.capabilities]\nnet = ${JSON.stringify(many(40))}\n`;
    const more = many(40).map((entry) => `q${entry}`);
    expect(refusal(`${listOf(many(40), 'net')}${own}`)).toBe('accepted');
    expect(refusal(`${listOf(more, 'net')}${own}`)).toMatch(/^manifest-too-large: /);
  });
});

describe('the lists of a manifest', () => {
  it.each<[string, (index: number) => string, string]>([
    ['topics to publish', (index) => `"a.b${index}" = "opaque"\n`, 'publish'],
    ['topics to subscribe to', (index) => `"a.b${index}" = "opaque"\n`, 'subscribe'],
    ['imports', (index) => `"a:b${index}" = "1"\n`, 'imports'],
    ['exports', (index) => `"a:b${index}" = "1.0.0"\n`, 'exports'],
    ['settings', (index) => `k${index} = { type = "text" }\n`, 'env'],
  ])('have an end: %s', (_, line, table) => {
    const of = (count: number): string =>
      `${HEAD}[${table}]\n${Array.from({ length: count }, (_each, index) => line(index)).join('')}`;
    expect(refusal(of(1_024))).toBe('accepted');
    expect(refusal(of(1_025))).toMatch(
      new RegExp(`^manifest-too-large: "${table}" has 1025 entries; at most 1024 `),
    );
  });

  it('have an end: interceptors and components', () => {
    const of = (count: number, table: string): string => HEAD + table.repeat(count);
    const interceptor = '[[interceptor]]\nevent = "a"\naction = "b"\n';
    expect(refusal(of(1_024, interceptor))).toBe('accepted');
    expect(refusal(of(1_025, interceptor))).toMatch(/^manifest-too-large: /);
    expect(refusal(of(1_025, '[[component]]\nfile = "a.wasm"\n'))).toMatch(/^manifest-too-large: /);
  });

  it('have no topic, action or setting of more characters than a message can name', () => {
    const long = 'a'.repeat(256);
    const longer = `${long}a`;
    const topic = (name: string, action: string): string =>
      `${HEAD}[subscribe]\n"${name}" = { wit = "w", handler = "${action}" }\n`;
    expect(refusal(topic(long, long))).toBe('accepted');
    expect(refusal(topic(longer, 'b'))).toMatch(/^manifest-bad-topic: /);
    expect(refusal(topic('a', longer))).toMatch(/^manifest-too-large: /);
    expect(refusal(topic('a', 'b\\u0007'))).toMatch(/^manifest-wrong-type: /);
    expect(refusal(`${HEAD}[[interceptor]]\nevent = "a"\naction = "${longer}"\n`)).toMatch(
      /^manifest-too-large: /,
    );
    expect(refusal(`${HEAD}[env.${longer}]\ntype = "text"\n`)).toMatch(/^manifest-too-large: /);
  });

  it('do not make a description longer than a page', () => {
    const { description, warnings } = parse(`${HEAD}description = "${'ä'.repeat(2_001)}"\n`);
    expect(description).toBe(`${'ä'.repeat(1_999)}…`);
    expect(warnings).toEqual(['"package.description" has 2001 characters; the first 1999 are shown.']);
    expect(parse(`${HEAD}description = "${'ä'.repeat(2_000)}"\n`).description).toHaveLength(2_000);
  });
});
