import { describe, expect, it } from 'vitest';
import { HEAD, parse, parseMore } from './testing.ts';

describe('a manifest of the older generation', () => {
  const older = `
    [[component]]
    entrypoint = "demo.wasm"
    [capabilities]
    ipc_publish = ["demo.out.*"]
    ipc_subscribe = ["demo.in"]
    [[interceptor]]
    event = "demo.in"
    action = "on-in"
    priority = 5
    [[skill]]
    name = "x"
    [dependencies]
    requires = []
  `;
  it('works the same, with a warning for each older key', () => {
    const manifest = parseMore(older);
    expect(manifest).toMatchObject({
      generation: 'older',
      component: { file: 'demo.wasm', hash: null },
      publish: ['demo.out.*'],
      subscribe: ['demo.in'],
      actions: [{ topic: 'demo.in', action: 'on-in', priority: 5 }],
    });
    expect(manifest.warnings.map((warning) => warning.split(' ')[0])).toEqual([
      '[[interceptor]]',
      '"ipc_publish"',
      '"ipc_subscribe"',
      '"skill"',
      '"dependencies"',
    ]);
  });

  it('may stand beside the current one; what both say counts once, as the newer says it', () => {
    const manifest = parseMore(`${older}
      [subscribe]
      "demo.in" = { wit = "opaque", handler = "on-in", priority = 9 }
    `);
    expect(manifest).toMatchObject({
      generation: 'mixed',
      actions: [{ topic: 'demo.in', action: 'on-in', priority: 9 }],
      subscribe: ['demo.in'],
    });
  });

  it.each([
    [
      '[[interceptor]]\nevent = "a"\naction = "b"',
      '[[interceptor]] is deprecated but still supported. Bind actions in [subscribe] instead.',
    ],
    [
      '[capabilities]\nipc_publish = ["a"]',
      '"ipc_publish" is deprecated but still supported. List topics in [publish] instead.',
    ],
    [
      '[capabilities]\nipc_subscribe = ["a"]',
      '"ipc_subscribe" is deprecated but still supported. List topics in [subscribe] instead.',
    ],
    [
      '[[component]]\nfile = "a.wasm"\ncapabilities = { ipc_subscribe = ["a"] }',
      '"ipc_subscribe" is deprecated but still supported. List topics in [subscribe] instead.',
    ],
    ['[skill]', '"skill" is a deprecated table and has no effect.'],
    ['[[topic]]\nname = "a"', '"topic" is a deprecated table and has no effect.'],
    ['[dependencies]', '"dependencies" is a deprecated table and has no effect.'],
    ['[[component]]\nentrypoint = "a.wasm"', undefined],
  ])('is known by each of its keys alone, also beside newer ones: %s', (text, warning) => {
    const warnings = warning === undefined ? [] : [warning];
    expect(parseMore(text)).toMatchObject({ generation: 'older', warnings });
    for (const table of ['publish', 'subscribe', 'imports', 'exports']) {
      expect(parseMore(`${text}\n[${table}]`)).toMatchObject({ generation: 'mixed', warnings });
    }
    expect(parseMore(`${text}\n[env]`)).toMatchObject({ generation: 'older', warnings });
  });

  it.each(['[capabilities]\nipc_publish = []\nipc_subscribe = []', 'interceptor = []\n'])(
    'is not known by an empty list: %j',
    (text) => {
      const whole = text.startsWith('[') ? parseMore(text) : parse(text + HEAD);
      expect(whole).toMatchObject({ generation: 'current', warnings: [] });
    },
  );

  it('says the same twice, and is read once', () => {
    expect(
      parseMore(`
        [capabilities]
        ipc_publish = ["a", "b"]
        ipc_subscribe = ["c", "c"]
        [[component]]
        file = "a.wasm"
        capabilities = { ipc_publish = ["b", "d"], ipc_subscribe = ["e"] }
        [publish]
        "d" = "opaque"
        [[interceptor]]
        event = "c"
        action = "x"
        priority = 1
        [[interceptor]]
        event = "c"
        action = "x"
        priority = 2
        [[interceptor]]
        event = "c"
        action = "y"
      `),
    ).toMatchObject({
      publish: ['d', 'a', 'b'],
      subscribe: ['c', 'e'],
      actions: [
        { topic: 'c', action: 'x', priority: 1 },
        { topic: 'c', action: 'y', priority: 100 },
      ],
    });
  });
});
