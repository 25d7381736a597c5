import { describe, expect, it } from 'vitest';
import { startCapsule } from '../testing.ts';

describe('runner', () => {
  it('runs one command and answers how it ended and what it wrote', async () => {
    const { call } = await startCapsule('capsules/runner');
    await expect(call('run', { cmd: 'echo', args: ['grün', '🌲'] })).resolves.toEqual({
      exitCode: 0,
      signal: null,
      stdout: 'grün 🌲\n',
      stderr: '',
    });
    await expect(
      call('run', {
        cmd: 'sh',
        args: ['-c', 'cat; echo "$X" >&2; exit 4'],
        stdin: 'given',
        env: { X: 'set' },
      }),
    ).resolves.toEqual({ exitCode: 4, signal: null, stdout: 'given', stderr: 'set\n' });
  });

  it('refuses what the manifest does not list, in a form that a program can read', async () => {
    const { call, kernel } = await startCapsule('capsules/runner');
    await expect(call('run', { cmd: 'touch', args: ['here'] })).resolves.toEqual({
      refused: '{"error":{"tag":"capability-denied"}}',
    });
    expect(kernel.processes()).toEqual([]);
  });

  it('refuses a payload that is wrong, and an action that it does not know', async () => {
    const { call } = await startCapsule('capsules/runner');
    await expect(call('run')).resolves.toEqual({ refused: '"cmd" is missing' });
    await expect(call('run', { cmd: 'echo', args: 'a' })).resolves.toEqual({
      refused: '"args" must be a list of strings',
    });
    await expect(call('walk')).resolves.toEqual({ refused: 'unknown hook action: walk' });
  });
});
