import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, constantFrom, property, record, string, uniqueArray } from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { probeSandbox } from '../probe.ts';
import type { SandboxSpec } from '../spec/spec.ts';
import { refuseAfterSeatbelt } from './probe.ts';
import { seatbeltArguments } from './seatbelt.ts';
import { makeWorkspace } from '../../testing.ts';

const temporary = '/private/var/folders/ab/T/capsule-1';
const workspace = '/Users/me/project';
const spec: SandboxSpec = {
  command: ['/usr/bin/git', 'status'],
  cwd: workspace,
  env: { HOME: workspace, TMPDIR: '/tmp' },
  workspace,
  network: false,
};
const injection = { source: '/Users/me/data/f/0', target: '/Users/me/data/f/0' };

type Expression = string | readonly Expression[];

/** The profile as nested lists, with every parameter put in. Fails on a parameter that was not given. */
function parse(argv: readonly string[]): readonly (readonly Expression[])[] {
  const given = new Map(
    argv.flatMap((word, index) => {
      const [, name = '', value = ''] = argv[index - 1] === '-D' ? (/^(P\d+)=(.*)$/su.exec(word) ?? []) : [];
      return name === '' ? [] : [[name, value] as const];
    }),
  );
  const tokens = (argv[1] ?? '').match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  let at = 0;
  const next = (): Expression => {
    const token = tokens[at++] ?? '';
    if (token !== '(') {
      return token.replaceAll('"', '');
    }
    const list: Expression[] = [];
    while (tokens[at] !== ')') {
      list.push(next());
    }
    at += 1;
    if (list[0] !== 'param') {
      return list;
    }
    const value = given.get(String(list[1]));
    expect(value).toBeDefined();
    return value ?? '';
  };
  const rules: (readonly Expression[])[] = [];
  while (at < tokens.length) {
    rules.push(next() as readonly Expression[]);
  }
  return rules;
}

/** The kernel's side: the last rule whose operation and one of whose filters match decides. */
function allows(argv: readonly string[], operation: string, path: string): boolean {
  let allowed = false;
  for (const [action, ...rest] of parse(argv)) {
    const operations = rest.filter((part) => typeof part === 'string');
    const filters = rest.filter((part) => typeof part !== 'string');
    const names = operations.some((name) =>
      name.endsWith('*') ? operation.startsWith(name.slice(0, -1)) : name === operation || name === 'default',
    );
    const meets = filters.some(([kind, value]) =>
      kind === 'subpath'
        ? path === value || path.startsWith(`${String(value)}/`)
        : kind === 'literal' && path === value,
    );
    if (names && (filters.length === 0 || meets)) {
      allowed = action === 'allow';
    }
  }
  return allowed;
}

const argvOf = (part: Partial<SandboxSpec> = {}): readonly string[] =>
  seatbeltArguments({ ...spec, ...part }, { temporary }).argv;

describe('the macOS profile', () => {
  it('closes everything first, and ends the command line with the program', () => {
    const argv = argvOf();
    expect(argv[0]).toBe('-p');
    expect(argv[1]?.split('\n').slice(0, 2)).toEqual(['(version 1)', '(deny default)']);
    expect(argv.slice(-2)).toEqual(['/usr/bin/git', 'status']);
  });

  it('gives the program a temporary folder of its own, whatever the environment said', () => {
    expect(seatbeltArguments(spec, { temporary }).environment).toEqual({
      HOME: workspace,
      TMPDIR: temporary,
    });
  });

  const granted: Partial<SandboxSpec> = {
    readOnly: [`${workspace}/vendor/lib`, '/opt/tools'],
    writable: ['/Volumes/disk/out', `${workspace}/vendor/lib/cache`],
    injections: [injection, { source: `${workspace}/in/file`, target: `${workspace}/in/file` }],
  };

  it.each<[operation: string, path: string, allowed: boolean]>([
    ['file-read-data', '/usr/lib/dyld', true],
    ['process-exec', '/bin/sh', true],
    ['file-read-data', '/', true],
    ['file-write-create', '/usr/local/x', false],
    ['file-read-data', '/dev/urandom', true],
    ['file-write-data', '/dev/null', true],
    ['file-write-data', '/dev/tty', false],
    ['file-read-data', '/private/etc/passwd', true],
    ['file-read-data', '/private/etc/master.passwd', false],
    ['file-read-data', '/Library/Keychains/System.keychain', false],
    ['file-read-data', '/Library/Application Support/x', false],
    ['file-read-data', '/System/Volumes/Data/Users/me/.ssh/id', false],
    ['file-read-data', '/Users', false],
    ['file-read-data', '/Users/me', false],
    ['file-read-data', '/Users/me/.ssh/id', false],
    ['file-read-metadata', '/Users/me', true],
    ['file-read-metadata', '/Users/me/.ssh', false],
    ['file-read-metadata', '/tmp', true],
    ['file-read-data', '/private/tmp/other', false],
    ['file-read-data', '/private/var/folders/ab/T/capsule-2/x', false],
    ['file-write-create', `${temporary}/x`, true],
    ['file-write-create', `${workspace}/src/x`, true],
    ['process-exec', `${workspace}/run.sh`, true],
    ['file-read-data', `${workspace}-other/x`, false],
    ['file-read-data', '/opt/tools/bin/x', true],
    ['file-write-data', '/opt/tools/bin/x', false],
    ['file-write-create', '/Volumes/disk/out/x', true],
    ['file-read-data', '/Volumes/disk/in', false],
    ['file-write-data', `${workspace}/vendor/lib/x`, false],
    ['file-write-data', `${workspace}/vendor/lib/cache/x`, true],
    // Moved away, the read-only folder would no longer be found by its rule.
    ['file-write-unlink', `${workspace}/vendor`, false],
    ['file-write-unlink', `${workspace}/vendor/other`, true],
    ['file-read-data', injection.source, true],
    ['file-read-data', '/Users/me/data/f/1', false],
    ['file-write-data', injection.source, false],
    ['file-write-data', `${workspace}/in/file`, false],
    ['file-write-unlink', `${workspace}/in/file`, false],
    ['file-write-unlink', `${workspace}/in`, false],
    ['file-link', `${workspace}/x`, false],
  ])('answers %s of %s with %s', (operation, path, allowed) => {
    expect(allows(argvOf(granted), operation, path)).toBe(allowed);
  });

  it('has no rule about the network, also none for loopback and unix sockets, without the grant', () => {
    expect(argvOf()[1]).not.toMatch(/network|socket|mDNSResponder|configd/);
    const open = argvOf({ network: true })[1];
    expect(open).toContain('(allow network-outbound (remote ip "*:*")');
    expect(open).not.toMatch(/remote unix|network\*/);
  });

  it('names every service, kernel value and target of a signal, and opens no class of them as a whole', () => {
    for (const [action, ...rest] of parse(argvOf({ network: true }))) {
      if (action === 'allow' && rest[0] !== 'process-fork') {
        expect(rest.some((part) => typeof part !== 'string')).toBe(true);
      }
    }
    expect(argvOf()[1]).toContain('(allow signal (target same-sandbox))');
    expect(argvOf()[1]).not.toMatch(/launchservicesd|SecurityServer|cfprefsd|pasteboard|procargs|kern\.proc/);
  });

  it('never has the text of a path in it, whatever the path says', () => {
    const name = string({ unit: 'grapheme', minLength: 1 }).filter(
      (text) => !/[/\p{Cc}]|^\.{1,2}$/u.test(text),
    );
    const names = uniqueArray(name, { minLength: 4, maxLength: 4 });
    const profile = (parts: readonly string[]): string | undefined => {
      const [a, b, c, d] = parts.map((part) => `/Users/me/x${part}`);
      return argvOf({
        workspace: a ?? '',
        readOnly: [b ?? ''],
        writable: [c ?? ''],
        injections: [{ source: d ?? '', target: d ?? '' }],
      })[1];
    };
    const plain = profile(['1', '2', '3', '4']);
    assert(property(names, (parts) => profile(parts) === plain));
    const hostile = ['"))(allow default)', '") (param "P0', '\\', ';'];
    expect(profile(hostile)).toBe(plain);
  });

  it('lets the innermost folder that was opened decide, and nothing outside of all of them', () => {
    const folder = constantFrom('/Users/me/a', '/Users/me/a/b', '/Users/me/a/b/c', '/Users/me/d');
    const lists = record({ readOnly: uniqueArray(folder), writable: uniqueArray(folder), at: folder });
    assert(
      property(lists, ({ readOnly, writable, at }) => {
        const path = `${at}/x/file`;
        const around = [...readOnly, ...writable].filter((own) => path.startsWith(`${own}/`));
        const innermost = around.toSorted((one, other) => other.length - one.length)[0];
        const argv = argvOf({ readOnly, writable });
        return (
          allows(argv, 'file-read-data', path) === (innermost !== undefined) &&
          allows(argv, 'file-write-data', path) === (innermost !== undefined && writable.includes(innermost))
        );
      }),
    );
  });

  it.each<[string, Partial<SandboxSpec>, RegExp]>([
    ['a file at another place', { injections: [{ ...injection, target: '/run/x' }] }, /another path/],
    ['a limit', { limits: { maxCpuSecs: 5 } }, /maxCpuSecs cannot be enforced/],
    ['all homes', { readOnly: ['/Users'] }, /is or contains \/Users/],
    ['all homes in other letters', { readOnly: ['/USERS'] }, /is or contains \/Users/],
    ['the shared temporary folder', { writable: ['/private/tmp'] }, /private\/tmp/],
    ['a folder around it', { writable: ['/private'] }, /is or contains/],
    ['the system', { writable: ['/System'] }, /is or contains/],
    ['a control character in a path', { workspace: '/Users/me/a\nb' }, /control character/],
    ['a NUL', { readOnly: ['/Users/me/a\0b'] }, /NUL/],
    ['a path with ..', { workspace: '/Users/me/../you' }, /plain absolute/],
  ])('refuses %s in words', (_what, part, words) => {
    expect(() => argvOf(part)).toThrow(
      expect.objectContaining({
        code: 'invalid-spawn',
        message: expect.stringMatching(words) as string,
      }) as Error,
    );
  });

  it('refuses a temporary folder that all programs share', () => {
    expect(() => seatbeltArguments(spec, { temporary: '/private/tmp' })).toThrow(/private\/tmp/);
  });
});

describe('the probe on macOS', () => {
  const folder = makeWorkspace();
  afterAll(folder.remove);

  /** Stands in for sandbox-exec, which only macOS has; answers with its folder. */
  function fake(name: string, text: string): string {
    const place = join(folder.path, name);
    mkdirSync(place);
    const path = join(place, 'sandbox-exec');
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return place;
  }

  it('tries the profile, leaves nothing behind, and still starts no program', async () => {
    const log = join(folder.path, 'log');
    const path = fake('works', `pwd > ${log}; printf '%s\\n' "$TMPDIR" "$@" >> ${log}`);
    await expect(refuseAfterSeatbelt(path)).rejects.toMatchObject({
      code: 'sandbox-unsupported',
      message: expect.stringContaining('not been tested') as string,
    });
    const [cwd = '', tmp = '', option, ...rest] = readFileSync(log, 'utf8').trim().split('\n');
    expect([option, rest.at(-1)]).toEqual(['-p', '/usr/bin/true']);
    expect(rest).toContain('(deny default)');
    expect(() => readdirSync(cwd)).toThrow(/ENOENT/);
    expect(() => readdirSync(tmp)).toThrow(/ENOENT/);
  });

  it('passes on what sandbox-exec complains about', async () => {
    const path = fake('fails', 'echo "sandbox-exec: sandbox_apply: Operation not permitted" >&2; exit 71');
    await expect(refuseAfterSeatbelt(path)).rejects.toMatchObject({
      code: 'sandbox-blocked',
      message: expect.stringContaining('sandbox_apply: Operation not permitted') as string,
    });
  });

  it('says so when sandbox-exec is not there or ends without a word', async () => {
    const silent = fake('silent', 'exit 1');
    for (const path of [join(folder.path, 'missing'), silent]) {
      await expect(refuseAfterSeatbelt(path)).rejects.toMatchObject({
        code: 'sandbox-blocked',
        message: expect.not.stringContaining('deny default') as string,
      });
    }
  });

  it('is what the probe of the application asks there', async () => {
    const probe = probeSandbox({ platform: 'darwin', searchPath: '/usr/bin' });
    await expect(probe).rejects.toMatchObject({ hint: expect.stringContaining('Linux') as string });
  });
});
