import { describe, expect, it } from 'vitest';
import { noCapabilities, type Capabilities } from './capabilities.ts';
import { decide, type Need } from './gate.ts';

const flag = (capability: 'allow_persistent' | 'uplink' | 'allow_prompt_injection'): Need => ({
  kind: 'flag',
  capability,
});
const command = (name: string): Need => ({ kind: 'command', command: name });

const shellOnly: Capabilities = { ...noCapabilities, host_process: ['sh'] };
const shellForLong: Capabilities = { ...shellOnly, allow_persistent: true };

describe('the gate', () => {
  it.each([
    ['nothing is needed', noCapabilities, [], null],
    ['the command is covered', shellOnly, [command('sh')], null],
    ['the command is not covered', shellOnly, [command('bash')], 'host_process does not cover the command'],
    ['there are no commands', noCapabilities, [command('sh')], 'host_process does not cover the command'],
    ['a flag is held', shellForLong, [flag('allow_persistent')], null],
    ['a flag is not held', shellOnly, [flag('allow_persistent')], 'allow_persistent is not granted'],
    ['both are held', shellForLong, [command('sh'), flag('allow_persistent')], null],
    [
      'only the first is held',
      shellOnly,
      [command('sh'), flag('allow_persistent')],
      'allow_persistent is not granted',
    ],
    ['neither is held', noCapabilities, [flag('uplink'), command('sh')], 'uplink is not granted'],
  ] as const)('when %s', (_name, rights, needs, refusal) => {
    expect(decide(rights, needs)).toEqual(
      refusal === null ? { allowed: true } : { allowed: false, reason: refusal },
    );
  });
});
