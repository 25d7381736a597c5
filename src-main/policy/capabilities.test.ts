import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowsCommand,
  capabilityNames,
  heldNames,
  holdsNamed,
  intersect,
  noCapabilities,
  opensNetwork,
  type Capabilities,
} from './capabilities.ts';

const anyCapabilities: fc.Arbitrary<Capabilities> = fc.record({
  allow_persistent: fc.boolean(),
  allow_prompt_injection: fc.boolean(),
  fs_read: fc.array(fc.string()),
  fs_write: fc.array(fc.string()),
  host_process: fc.array(fc.string()),
  identity: fc.array(fc.string()),
  kv: fc.array(fc.string()),
  net: fc.array(fc.string()),
  net_bind: fc.array(fc.string()),
  net_connect: fc.array(fc.string()),
  uplink: fc.boolean(),
  bind_workers: fc.option(fc.nat()),
});

describe('held names', () => {
  it('lists flags that are set and lists that are not empty, in byte order', () => {
    const held = heldNames({
      ...noCapabilities,
      uplink: true,
      host_process: ['git'],
      allow_persistent: true,
    });
    expect(held).toEqual(['allow_persistent', 'host_process', 'uplink']);
  });

  it('knows the eleven names of the contract, sorted', () => {
    expect(capabilityNames).toHaveLength(11);
    expect([...capabilityNames].sort()).toEqual(capabilityNames);
    expect(
      Object.keys(noCapabilities)
        .filter((key) => key !== 'bind_workers')
        .sort(),
    ).toEqual(capabilityNames);
  });
});

describe('a question for a capability by name', () => {
  it.each([
    ['uplink', true],
    ['net_bind', true],
    ['net', false],
    ['bind_workers', false],
    ['toString', false],
    ['', false],
  ])('%j: %j', (name, held) => {
    const capabilities = { ...noCapabilities, uplink: true, net_bind: ['0.0.0.0:80'], bind_workers: 4 };
    expect(holdsNamed(capabilities, name)).toBe(held);
  });

  it.each([
    [{}, false],
    [{ uplink: true, fs_read: ['/net'] }, false],
    [{ net: ['*'] }, true],
    [{ net_connect: ['a:1'] }, true],
    [{ net_bind: ['a:1'] }, true],
  ])('of %j, the network is open: %j', (held, open) => {
    expect(opensNetwork({ ...noCapabilities, ...held })).toBe(open);
  });
});

describe('asked and granted', () => {
  it('gives exactly the names that are both asked for and granted', () => {
    fc.assert(
      fc.property(anyCapabilities, fc.array(fc.constantFrom(...capabilityNames, 'root')), (asked, grants) => {
        const effective = intersect(asked, grants);
        expect(heldNames(effective)).toEqual(heldNames(asked).filter((name) => grants.includes(name)));
        for (const name of heldNames(effective)) {
          expect(effective[name]).toEqual(asked[name]);
        }
        expect(effective.bind_workers).toBe(grants.includes('net_bind') ? asked.bind_workers : null);
      }),
    );
  });

  it('gives all that is asked for to "all", and nothing to no grant', () => {
    fc.assert(
      fc.property(anyCapabilities, (asked) => {
        expect(intersect(asked, 'all')).toEqual(asked);
        expect(intersect(asked, [])).toEqual(noCapabilities);
      }),
    );
  });
});

describe('a command against host_process', () => {
  it.each([
    [['git'], 'git', true],
    [['git'], 'gitk', false],
    [['git'], '/usr/bin/git', false],
    [['/usr/bin/git'], 'git', false],
    [['/usr/bin/git'], '/usr/bin/git', true],
    [['git'], 'git status', false],
    [['git status'], 'git status', true],
    [['git'], 'git\tstatus', false],
    [['git'], ' git', false],
    [['git'], 'git ', false],
    [['git'], 'git /../../usr/bin/bash', false],
    [['git'], './git', false],
    [['git'], 'git/', false],
    [['git'], 'Git', false],
    [['/usr/bin/git'], '/usr/bin/git /../bash', false],
    [['/usr/bin/git'], '/usr/bin/../bin/git', false],
    [['/usr/bin/git'], '/usr/bin/./git', false],
    [['/usr/bin/git'], '//usr/bin/git', false],
    [['*'], 'git', false],
    [['*'], '*', true],
    [[''], ' rm', false],
    [[''], '', false],
    [[], 'git', false],
    [['sh', 'node'], 'node', true],
  ] as const)('with %j, %j is allowed: %j', (entries, command, allowed) => {
    expect(allowsCommand({ ...noCapabilities, host_process: entries }, command)).toBe(allowed);
  });
});
