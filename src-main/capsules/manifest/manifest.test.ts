import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldNames, noCapabilities } from '../../policy/capabilities.ts';
import { MAX_MANIFEST_BYTES } from '../limits.ts';
import { failure, HEAD, parse, parseMore } from './testing.ts';

describe('a manifest of the current generation', () => {
  it('is read into one shape', () => {
    const manifest = parse(`
      [package]
      name = "supervisor"
      version = "1.2.0-rc.1"
      description = "Keeps programs running"
      authors = ["A"]
      astrid-version = ">=0.8, <0.11"
      metadata = { anything = [1, { x = true }] }
      [[component]]
      file = "./build/supervisor.wasm"
      hash = "blake3:${'AB'.repeat(32)}"
      [component.capabilities]
      host_process = ["git", "node"]
      bind_workers = 3
      [capabilities]
      host_process = ["sh", "git"]
      allow_persistent = true
      net = ["API.Example.com"]
      bind_workers = 8
      [publish]
      "supervisor.v1.state" = "opaque"
      "supervisor.v1.*" = { wit = "@astrid/x/y/z", version = "1", fanout = true }
      [subscribe]
      "tool.v1.execute.start" = { wit = "opaque", handler = "start", priority = 7 }
      "tool.v1.execute.stop" = { wit = "opaque", handler = "stop" }
      "news.*" = "opaque"
      [imports]
      "acme:memory" = { version = "^1.2", optional = true }
      [imports.acme]
      search = "0.3"
      [exports.acme]
      keeper = { version = "1.0.0" }
      [env.COMMAND]
      type = "select"
      request = "Which program?"
      default = "sh"
      enum_values = ["sh", "node"]
    `);
    expect(manifest).toEqual({
      id: 'supervisor',
      version: '1.2.0-rc.1',
      description: 'Keeps programs running',
      component: { file: 'build/supervisor.wasm', hash: 'ab'.repeat(32) },
      capabilities: {
        ...noCapabilities,
        allow_persistent: true,
        host_process: ['sh', 'git', 'node'],
        net: ['api.example.com'],
        bind_workers: 3,
      },
      actions: [
        { topic: 'tool.v1.execute.start', action: 'start', priority: 7 },
        { topic: 'tool.v1.execute.stop', action: 'stop', priority: 100 },
      ],
      publish: ['supervisor.v1.state', 'supervisor.v1.*'],
      subscribe: ['tool.v1.execute.start', 'tool.v1.execute.stop', 'news.*'],
      env: [
        {
          key: 'COMMAND',
          type: 'select',
          request: 'Which program?',
          description: null,
          default: 'sh',
          choices: ['sh', 'node'],
          placeholder: null,
        },
      ],
      imports: [
        { namespace: 'acme', interface: 'memory', requirement: '^1.2', optional: true },
        { namespace: 'acme', interface: 'search', requirement: '0.3', optional: false },
      ],
      exports: [{ namespace: 'acme', interface: 'keeper', version: '1.0.0' }],
      generation: 'current',
      warnings: [],
    });
  });

  it('needs a name and a version only', () => {
    expect(parse(HEAD)).toEqual({
      id: 'demo',
      version: '1.0.0',
      description: '',
      component: null,
      capabilities: noCapabilities,
      actions: [],
      publish: [],
      subscribe: [],
      env: [],
      imports: [],
      exports: [],
      generation: 'current',
      warnings: [],
    });
  });
});

describe('a manifest that is refused', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  it.each<[string, string, string | Uint8Array]>([
    ['too large', 'manifest-too-large', new Uint8Array(256 * 1024 + 1)],
    ['not UTF-8', 'manifest-not-utf8', Uint8Array.of(...bytes(HEAD), 0x23, 0xc3, 0x28)],
    ['no TOML', 'manifest-syntax', `${HEAD}[component\n`],
    ['a key twice', 'manifest-syntax', `${HEAD}version = "2.0.0"\n`],
    ['very deep nesting', 'manifest-syntax', `${HEAD}x = ${'['.repeat(100_000)}`],
    ['empty', 'manifest-missing-key', ''],
    ['no name', 'manifest-missing-key', '[package]\nversion = "1.0.0"'],
    ['no version', 'manifest-missing-key', '[package]\nname = "x"'],
    ['a table that is a string', 'manifest-wrong-type', 'package = "x"'],
    ['a name in capitals', 'manifest-bad-name', '[package]\nname = "Demo"\nversion = "1.0.0"'],
    ['an empty name', 'manifest-bad-name', '[package]\nname = ""\nversion = "1.0.0"'],
    ['a name like an option', 'manifest-bad-name', '[package]\nname = "-rf"\nversion = "1.0.0"'],
    ['a name that ends in a dash', 'manifest-bad-name', '[package]\nname = "a-"\nversion = "1.0.0"'],
    ['a name of 65', 'manifest-bad-name', `[package]\nname = "${'a'.repeat(65)}"\nversion = "1.0.0"`],
    ['a name that climbs', 'manifest-bad-name', '[package]\nname = "../x"\nversion = "1.0.0"'],
    ['a name that is a device on Windows', 'manifest-bad-name', '[package]\nname = "aux"\nversion = "1.0.0"'],
    ['a version of two parts', 'manifest-bad-version', '[package]\nname = "x"\nversion = "1.0"'],
    ['a version with v', 'manifest-bad-version', '[package]\nname = "x"\nversion = "v1.0.0"'],
    ['another runtime', 'manifest-incompatible', `${HEAD}astrid-version = "1"`],
    ['no requirement', 'manifest-incompatible', `${HEAD}astrid-version = "newest"`],
    ['authors as a string', 'manifest-wrong-type', `${HEAD}authors = "me"`],
    ['publish as a string', 'manifest-wrong-type', `${HEAD}publish = "no"`],
    ['a component without file', 'manifest-missing-key', `${HEAD}[[component]]\nid = "x"`],
    ['a component as a table', 'manifest-wrong-type', `${HEAD}[component]\nfile = "x.wasm"`],
    ['a component outside', 'manifest-bad-path', `${HEAD}[[component]]\nfile = "../x.wasm"`],
    ['a component at an absolute path', 'manifest-bad-path', `${HEAD}[[component]]\nfile = "/x.wasm"`],
    ['a component with a backslash', 'manifest-bad-path', `${HEAD}[[component]]\nfile = 'a\\x.wasm'`],
    ['a component with NUL', 'manifest-bad-path', `${HEAD}[[component]]\nfile = "a\\u0000.wasm"`],
    [
      'a hash that is none',
      'manifest-wrong-type',
      `${HEAD}[[component]]\nfile = "x.wasm"\nhash = "sha256:00"`,
    ],
    ['a capability of the wrong type', 'manifest-wrong-type', `${HEAD}[capabilities]\nhost_process = "sh"`],
    ['a flag of the wrong type', 'manifest-wrong-type', `${HEAD}[capabilities]\nuplink = "yes"`],
    ['a list with a number', 'manifest-wrong-type', `${HEAD}[capabilities]\nnet = ["a", 1]`],
    ['negative workers', 'manifest-wrong-type', `${HEAD}[capabilities]\nbind_workers = -1`],
    ['an absolute suffix', 'manifest-bad-path', `${HEAD}[capabilities]\nfs_read = ["cwd:///etc"]`],
    ['an absolute home suffix', 'manifest-bad-path', `${HEAD}[capabilities]\nfs_write = ["home:///etc"]`],
    ['a climbing capability', 'manifest-bad-path', `${HEAD}[capabilities]\nfs_read = ["cwd://a/../b"]`],
    ['a climbing absolute path', 'manifest-bad-path', `${HEAD}[capabilities]\nfs_read = ["/srv/../etc"]`],
    ['an empty topic part', 'manifest-bad-topic', `${HEAD}[publish]\n"a..b" = "opaque"`],
    ['a topic that ends in a dot', 'manifest-bad-topic', `${HEAD}[subscribe]\n"a." = "opaque"`],
    ['an empty topic', 'manifest-bad-topic', `${HEAD}[subscribe]\n"" = "opaque"`],
    ['an older topic with a hole', 'manifest-bad-topic', `${HEAD}[capabilities]\nipc_publish = [".a"]`],
    [
      'an older event with a hole',
      'manifest-bad-topic',
      `${HEAD}[[interceptor]]\nevent = "a..b"\naction = "x"`,
    ],
    ['an interceptor without action', 'manifest-missing-key', `${HEAD}[[interceptor]]\nevent = "a"`],
    ['a topic without wit', 'manifest-missing-key', `${HEAD}[subscribe]\n"a" = { handler = "x" }`],
    ['a topic as a number', 'manifest-wrong-type', `${HEAD}[publish]\n"a" = 1`],
    [
      'a priority without handler',
      'manifest-priority-without-handler',
      `${HEAD}[subscribe]\n"a" = { wit = "opaque", priority = 1 }`,
    ],
    [
      'a priority of 2^32',
      'manifest-wrong-type',
      `${HEAD}[subscribe]\n"a" = { wit = "w", handler = "h", priority = 4294967296 }`,
    ],
    [
      'a negative priority',
      'manifest-wrong-type',
      `${HEAD}[subscribe]\n"a" = { wit = "w", handler = "h", priority = -1 }`,
    ],
    ['two pins', 'manifest-two-pins', `${HEAD}[publish]\n"a" = { wit = "w", tag = "1", rev = "2" }`],
    [
      'imports of an uplink',
      'manifest-uplink-with-imports',
      `${HEAD}[capabilities]\nuplink = true\n[imports]\n"a:b" = "1"`,
    ],
    [
      'imports of a component that is an uplink',
      'manifest-uplink-with-imports',
      `${HEAD}[[component]]\nfile = "a.wasm"\ncapabilities = { uplink = true }\n[imports]\n"a:b" = "1"`,
    ],
    ['an import without interface', 'manifest-bad-contract', `${HEAD}[imports]\nacme = "1"`],
    ['half an import name', 'manifest-bad-contract', `${HEAD}[imports]\n":b" = "1"`],
    ['an import in capitals', 'manifest-bad-contract', `${HEAD}[imports]\n"Acme:b" = "1"`],
    ['a bad requirement', 'manifest-bad-contract', `${HEAD}[imports]\n"a:b" = "latest"`],
    ['an export requirement', 'manifest-bad-contract', `${HEAD}[exports]\n"a:b" = "^1.0.0"`],
    ['an import twice', 'manifest-bad-contract', `${HEAD}[imports]\n"a:b" = "1"\n[imports.a]\nb = "1"`],
    [
      'an import table without version',
      'manifest-missing-key',
      `${HEAD}[imports]\n"a:b" = { optional = true }`,
    ],
    ['a setting without type', 'manifest-missing-key', `${HEAD}[env.X]\nrequest = "?"`],
    ['a reserved cli command', 'manifest-bad-command', `${HEAD}[[command]]\nname = "install"\nkind = "cli"`],
    [
      'a cli command of 33',
      'manifest-bad-command',
      `${HEAD}[[command]]\nname = "${'a'.repeat(33)}"\nkind = "cli"`,
    ],
    ['a cli command in capitals', 'manifest-bad-command', `${HEAD}[[command]]\nname = "Go"\nkind = "cli"`],
    ['an unknown kind of command', 'manifest-wrong-type', `${HEAD}[[command]]\nname = "go"\nkind = "web"`],
    [
      'an unknown uplink profile',
      'manifest-wrong-type',
      `${HEAD}[[uplink]]\nname = "a"\nplatform = "b"\nprofile = "c"`,
    ],
    ['a tool without description', 'manifest-missing-key', `${HEAD}[[tool]]\nname = "a"`],
    ['a context file outside', 'manifest-bad-path', `${HEAD}[[context_file]]\nname = "a"\nfile = "../a"`],
  ])('%s: %s', (_, code, text) => {
    const error = failure(text);
    expect(error.code).toBe(code);
    expect(error.hint).not.toBe('');
  });

  it('says why in words, where the code alone does not', () => {
    expect(failure(Uint8Array.of(0xff))).toMatchObject({
      message: 'Capsule.toml is not UTF-8 text.',
      cause: expect.any(TypeError),
    });
    expect(failure(`${HEAD}[capabilities]\nuplink = true\n[imports]\n"a:b" = "1"`).message).toBe(
      'An uplink cannot import interfaces of other capsules, because uplinks start first.',
    );
    expect(parseMore('[capabilities]\nuplink = true\n[imports]').capabilities.uplink).toBe(true);
    expect(parseMore('[imports]\n"a:b" = "1"').imports).toHaveLength(1);
  });

  it('may have 256 KiB, and no byte more', () => {
    const full = `${HEAD}# ${'x'.repeat(MAX_MANIFEST_BYTES - HEAD.length - 2)}`;
    expect(parse(full).id).toBe('demo');
    expect(failure(`${full}x`).message).toBe('Capsule.toml is too large: 262145 bytes (limit: 262144).');
  });

  it('names line and column of a syntax error', () => {
    expect(failure('[package]\nname = "x"\nversion = 1.0.0\n').message).toMatch(
      /^Capsule\.toml:3:\d+: [^\n]+\.$/,
    );
  });

  it('names the key, what it must be and what it is', () => {
    expect(failure(`${HEAD}[capabilities]\nnet = { a = 1 }`).message).toBe(
      '"capabilities.net" must be a list of strings, but is a table.',
    );
  });
});

describe('warnings', () => {
  it.each([
    [
      '[capabilites]\nnet = ["a"]',
      '"capabilites" is unknown and has no effect. Did you mean "capabilities"?',
    ],
    [
      '[capabilities]\nfs_reed = ["*"]',
      '"capabilities.fs_reed" is unknown and has no effect. Did you mean "fs_read"?',
    ],
    [
      '[[component]]\nfile = "a.wasm"\nhsah = ""',
      '"component[0].hsah" is unknown and has no effect. Did you mean "hash"?',
    ],
    [
      '[subscribe]\n"a" = { wit = "w", handlr = "h" }',
      '"subscribe.a.handlr" is unknown and has no effect. Did you mean "handler"?',
    ],
    ['[env.X]\ntype = "text"\nscope = "shared"', '"env.X.scope" is unknown and has no effect.'],
    ['[zebra]\nx = 1', '"zebra" is unknown and has no effect.'],
    ['[[component]]\nfile = "a.wasm"\ntype = "library"', '"component[0].type" has no effect.'],
    [
      '[[component]]\nfile = "a.wasm"\n[[component]]\nfile = "b.wasm"',
      'There are 2 [[component]] tables; only the first one is loaded.',
    ],
    [
      '[[tool]]\nname = "a"\ndescription_for_llm = "b"',
      '[[tool]] has no effect: tools are described by the guest itself.',
    ],
    [
      '[capabilities]\nhost_process = ["*"]',
      '"capabilities.host_process" has the entry "*", which is taken as a program name, not as a wildcard.',
    ],
    [
      '[capabilities]\nfs_read = ["data"]',
      '"capabilities.fs_read" has the entry "data", which matches nothing. Did you mean "cwd://data"?',
    ],
    ['"a\\nb\\u202e" = 1', '"a\\u{a}b\\u{202e}" is unknown and has no effect.'],
  ])('of %j', (text, warning) => {
    // Keys of the root must stand before the first table.
    const whole = text.startsWith('"') ? `${text}\n${HEAD}` : HEAD + text;
    expect(parse(whole).warnings).toEqual([warning]);
  });
});

describe('hostile keys', () => {
  it('are keys like any other', () => {
    const manifest = parseMore(`
      [__proto__]
      polluted = true
      [constructor]
      prototype = { polluted = true }
      [env.__proto__]
      type = "text"
      default = { __proto__ = { polluted = true } }
      [publish]
      "__proto__" = "opaque"
      [capabilities]
      __proto__ = { uplink = true }
    `);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(manifest.publish).toEqual(['__proto__']);
    expect(manifest.env.map((entry) => entry.key)).toEqual(['__proto__']);
    expect(heldNames(manifest.capabilities)).toEqual([]);
    expect(manifest.warnings).toHaveLength(3);
  });

  it('never make anything but a typed error', () => {
    const keys = fc.constantFrom(
      'package',
      'component',
      'capabilities',
      'env',
      'publish',
      'imports',
      'uplink',
      '__proto__',
    );
    const values = fc.constantFrom(
      '1',
      '"x"',
      '[]',
      '[[]]',
      '{}',
      '[{}]',
      '{ a = 1 }',
      '1979-05-27',
      'true',
      'nan',
      '"a.b"',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, values), { maxLength: 5 }), (pairs) => {
        const text = pairs.map(([key, value]) => `${key} = ${value}`).join('\n');
        expect(failure(`${text}\n`).code).toMatch(/^manifest-/);
      }),
    );
  });
});
