import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import type { Need } from './need.ts';
import { noRights, type Rights } from './rights.ts';

const flag = (capability: 'allow_persistent' | 'uplink' | 'allow_prompt_injection'): Need => ({
  kind: 'flag',
  capability,
});
const command = (name: string): Need => ({ kind: 'command', command: name });

const subscribe = (pattern: string): Need => ({ kind: 'subscribe', pattern });

const shellOnly: Rights = { ...noRights, host_process: ['sh'] };
const shellForLong: Rights = { ...shellOnly, allow_persistent: true };
const listener: Rights = { ...noRights, subscribe: ['news.*', 'tool.*.done'] };

describe('the gate', () => {
  it.each([
    ['nothing is needed', noRights, [], null],
    ['the command is covered', shellOnly, [command('sh')], null],
    ['the command is not covered', shellOnly, [command('bash')], 'host_process does not cover the command'],
    ['there are no commands', noRights, [command('sh')], 'host_process does not cover the command'],
    ['a flag is held', shellForLong, [flag('allow_persistent')], null],
    ['a flag is not held', shellOnly, [flag('allow_persistent')], 'allow_persistent is not granted'],
    ['both are held', shellForLong, [command('sh'), flag('allow_persistent')], null],
    [
      'only the first is held',
      shellOnly,
      [command('sh'), flag('allow_persistent')],
      'allow_persistent is not granted',
    ],
    ['a pattern is covered by a wider entry', listener, [subscribe('news.v1.*')], null],
    ['a topic is covered by an entry with a gap', listener, [subscribe('tool.ls.done')], null],
    [
      'a pattern is wider than every entry',
      listener,
      [subscribe('tool.*')],
      'no entry of [subscribe] covers the pattern',
    ],
    ['there are no topics', noRights, [subscribe('news.v1')], 'no entry of [subscribe] covers the pattern'],
    ['neither is held', noRights, [flag('uplink'), command('sh')], 'uplink is not granted'],
  ] as const)('when %s', (_name, rights, needs, refusal) => {
    const refusals = needs.flatMap((need) => {
      const decision = decide(rights, [], need);
      return decision.kind === 'denied' ? [decision.reason] : [];
    });
    expect(refusals[0] ?? null).toBe(refusal);
  });
});

describe('a name that was granted', () => {
  const rights: Rights = {
    ...noRights,
    host_process: ['git', 'bin/x'],
    fs_read: ['/data', 'git', 'home://notes'],
  };
  const program = (command: string, real: string, pinned = true): Need => ({
    kind: 'program',
    command,
    path: `/usr/bin/${command}`,
    real,
    pinned,
  });
  const folder = (entry: string, access: 'read' | 'write', real: string | null): Need => ({
    kind: 'folder',
    entry,
    access,
    path: entry,
    held: { path: real ?? `/homes/p/${entry}` },
    pinned: real !== null,
  });
  const pins = [
    { kind: 'program', asked: 'git', real: '/usr/bin/git', note: '' },
    { kind: 'folder', asked: '/data', real: null, note: 'not found on this machine' },
  ] as const;

  it.each([
    ['leads where it did', program('git', '/usr/bin/git'), { kind: 'allowed', pin: null }],
    [
      'leads elsewhere',
      program('git', '/tmp/git'),
      { kind: 'denied', reason: expect.stringContaining('/tmp/git') },
    ],
    ['is another', program('hg', '/usr/bin/hg'), { kind: 'denied', reason: 'host_process does not list hg' }],
    [
      'led nowhere at the grant, for a program',
      program('bin/x', '/opt/bin/x'),
      { kind: 'allowed', pin: { kind: 'program', asked: 'bin/x', real: '/opt/bin/x', note: '' } },
    ],
    [
      'is a program’s and a folder’s, each held to its own',
      folder('git', 'read', 'git'),
      { kind: 'allowed', pin: { kind: 'folder', asked: 'git', real: 'git', note: '' } },
    ],
    ['lies in the home', folder('home://notes', 'read', null), { kind: 'allowed', pin: null }],
    ['lies in the workspace', program('bin/x', '/w/bin/x', false), { kind: 'allowed', pin: null }],
    [
      'led nowhere at the grant is held to its first use',
      folder('/data', 'read', '/data'),
      { kind: 'allowed', pin: { kind: 'folder', asked: '/data', real: '/data', note: '' } },
    ],
    [
      'led nowhere at the grant, and to a link at its first use',
      folder('/data', 'read', '/mnt/data'),
      { kind: 'denied', reason: expect.stringContaining('now resolves to /mnt/data') },
    ],
    [
      'was granted for reading only',
      folder('/data', 'write', '/mnt/data'),
      { kind: 'denied', reason: 'fs_write does not list /data' },
    ],
    [
      'lies in the home, of another entry',
      folder('home://x', 'read', null),
      { kind: 'denied', reason: 'fs_read does not list home://x' },
    ],
  ] as const)('%s', (_name, need, decision) => {
    expect(decide(rights, pins, need)).toEqual(decision);
  });
});

describe('a part of a folder that a request names', () => {
  const rights: Rights = { ...noRights, fs_read: ['home://notes'] };

  it.each([
    ['in the home, covered', { kind: 'home', path: 'notes/a' }, { kind: 'allowed', pin: null }],
    [
      'in the home, not covered',
      { kind: 'home', path: 'keys' },
      { kind: 'denied', reason: 'fs_read does not cover home://keys' },
    ],
    ['shared by principals', { kind: 'shared' }, { kind: 'denied', reason: 'there is no shared folder' }],
  ] as const)('%s', (_name, need, decision) => {
    expect(decide(rights, [], need)).toEqual(decision);
  });
});

describe('what a person decides', () => {
  it('is asked, whatever the rights', () => {
    expect(decide(noRights, [], { kind: 'approval', question: 'Push?' })).toEqual({
      kind: 'ask',
      question: 'Push?',
    });
  });
});
