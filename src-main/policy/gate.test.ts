import { describe, expect, it } from 'vitest';
import { decide, noRights, type Need, type Rights } from './gate.ts';

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
    expect(decide(rights, needs)).toEqual(
      refusal === null ? { allowed: true } : { allowed: false, reason: refusal },
    );
  });
});
