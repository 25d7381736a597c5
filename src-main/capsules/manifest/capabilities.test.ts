import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../policy/capabilities.ts';
import { parseMore, refusalOf } from './testing.ts';

const LISTS = [
  'fs_read',
  'fs_write',
  'host_process',
  'identity',
  'kv',
  'net',
  'net_bind',
  'net_connect',
] as const;
const FLAGS = ['allow_persistent', 'allow_prompt_injection', 'uplink'] as const;

interface Asked {
  readonly flags: Readonly<Record<(typeof FLAGS)[number], boolean | undefined>>;
  readonly lists: Readonly<Record<(typeof LISTS)[number], readonly string[] | undefined>>;
  readonly workers: number | undefined;
}

const entries = fc.array(fc.constantFrom('/a', '/b', '/B', '/c d', ''), { maxLength: 4 });
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const asked: fc.Arbitrary<Asked> = fc.record({
  flags: fc.record({
    allow_persistent: maybe(fc.boolean()),
    allow_prompt_injection: maybe(fc.boolean()),
    uplink: maybe(fc.boolean()),
  }),
  lists: fc.record({
    fs_read: maybe(entries),
    fs_write: maybe(entries),
    host_process: maybe(entries),
    identity: maybe(entries),
    kv: maybe(entries),
    net: maybe(entries),
    net_bind: maybe(entries),
    net_connect: maybe(entries),
  }),
  workers: maybe(fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER)),
});

function tableOf({ flags, lists, workers }: Asked): string {
  return Object.entries({ ...flags, ...lists, bind_workers: workers })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('');
}

describe('what a manifest asks for', () => {
  it('is what its root and its component ask for together, without doubles and empty entries', () => {
    fc.assert(
      fc.property(asked, asked, (root, component) => {
        const { capabilities } = parseMore(
          `[capabilities]\n${tableOf(root)}[[component]]\nfile = "a.wasm"\n[component.capabilities]\n${tableOf(component)}`,
        );
        for (const name of FLAGS) {
          expect([name, capabilities[name]]).toEqual([
            name,
            (root.flags[name] ?? false) || (component.flags[name] ?? false),
          ]);
        }
        for (const name of LISTS) {
          const all = [...(root.lists[name] ?? []), ...(component.lists[name] ?? [])];
          // Host names have no case.
          const written = all.map((entry) => (name === 'net' ? entry.toLowerCase() : entry));
          expect([name, capabilities[name]]).toEqual([
            name,
            [...new Set(written)].filter((entry) => entry !== ''),
          ]);
        }
        expect(capabilities.bind_workers).toBe(component.workers ?? root.workers ?? null);
      }),
    );
  });

  it.each<[string, keyof Capabilities, readonly string[]]>([
    ['folders', 'fs_read', ['*', 'cwd://', 'cwd://a/..b', 'home://x.y', '/', '/srv/data', '/data1/cwd://x']],
    ['folders to write', 'fs_write', ['*', 'cwd://a', 'home://', '/srv/home://x']],
    ['programs', 'host_process', ['git', '/usr/bin/git', 'a*']],
    ['levels of identity', 'identity', ['resolve', 'link', 'admin']],
    ['hosts', 'net', ['example.com', '*.example.com', '127.0.0.1:80']],
  ])('may have every form of an entry without a warning: %s', (_, key, values) => {
    const { capabilities, warnings } = parseMore(`[capabilities]\n${key} = ${JSON.stringify(values)}`);
    expect(capabilities[key]).toEqual(values);
    expect(warnings).toEqual([]);
  });

  it.each(LISTS)('is warned of an empty entry: %s', (key) => {
    const { capabilities, warnings } = parseMore(`[capabilities]\n${key} = ["/a", ""]`);
    expect(capabilities[key]).toEqual(['/a']);
    expect(warnings.filter((warning) => warning.includes('empty'))).toEqual([
      `"capabilities.${key}" has an empty entry, which has no effect.`,
    ]);
  });

  it.each([
    ['fs_write', 'data', 'which matches nothing. Did you mean "cwd://data"?'],
    ['fs_read', 'a/cwd://b', 'which matches nothing. Did you mean "cwd://a/cwd://b"?'],
    ['fs_read', 'data/', 'which matches nothing. Did you mean "cwd://data/"?'],
    ['fs_read', 'CWD://data', 'which matches nothing. Did you mean "cwd://CWD://data"?'],
    ['net', 'example.com/api', 'which matches nothing. Use the host name only.'],
    ['net', 'https://example.com', 'which matches nothing. Use the host name only.'],
    ['identity', 'root', 'which has no effect. Known values: resolve, link, admin.'],
  ])('is warned of an entry of %s that has no effect: %j', (key, entry, what) => {
    const { capabilities, warnings } = parseMore(`[capabilities]\n${key} = [${JSON.stringify(entry)}]`);
    expect(capabilities).toMatchObject({ [key]: [entry] });
    expect(warnings).toEqual([`"capabilities.${key}" has the entry "${entry}", ${what}`]);
  });

  it.each(['git push', 'git\tpush', ' git'])('is warned of a program with arguments: %j', (entry) => {
    expect(parseMore(`[capabilities]\nhost_process = ["sh", ${JSON.stringify(entry)}]`).warnings).toEqual([
      expect.stringMatching(
        /^"capabilities\.host_process" has the entry ".*git.*"\. Only the program name is compared, never its arguments\.$/,
      ),
    ]);
  });

  it.each(['fs_read', 'fs_write'])('does not lead outside its base folder: %s', (key) => {
    for (const entry of [
      '..',
      'cwd://..',
      'cwd://a/..',
      'home:///',
      '/../etc',
      '/srv\\u0000',
      'cwd://a\\u0000b',
    ]) {
      expect(refusalOf(`[capabilities]\n${key} = ["/ok", "${entry}"]`)).toMatch(
        new RegExp(
          `^manifest-bad-path: "capabilities.${key}" has the entry ".*", which leads outside its base folder.$`,
        ),
      );
    }
  });

  it('is as much as a person can read', () => {
    const full = Array.from({ length: 8 }, (_, index) => `${index}`.padEnd(1_024, 'p'));
    const listOf = (values: readonly string[]): string => `[capabilities]\nkv = ${JSON.stringify(values)}`;
    expect(parseMore(listOf(full)).capabilities.kv).toEqual(full);
    expect(refusalOf(listOf([...full, 'p']))).toBe(
      'manifest-too-large: "capabilities.kv" has 8193 characters; at most 8192 are read.',
    );
    expect(refusalOf(listOf(['p'.repeat(1_025)]))).toBe(
      'manifest-too-large: An entry of "capabilities.kv" has 1025 characters; at most 1024 are read.',
    );
  });
});
