import { describe, expect, it, onTestFinished } from 'vitest';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { OS_THREADS, makeWorkspace, outcome, script } from '../../os/testing.ts';
import { MAX_ENV_BYTES } from '../../policy/environment.ts';
import { MAX_ARGUMENT_BYTES, MAX_COMMAND_BYTES, readSpawnRequest } from './request.ts';
import { startProbe } from '../testing.ts';

const { probe, started } = await startProbe();

const variables = (count: number, bytes: number): readonly { key: string; value: string }[] =>
  Array.from({ length: count }, (_, at) => ({
    key: `V${String(at).padStart(2, '0')}`,
    value: 'x'.repeat(bytes),
  }));

describe('what a program is given', () => {
  // Without a guest, whose engine takes seconds to read so much.
  it('arrives at the largest size that is allowed, arguments and environment together', async () => {
    const { path: workspace, remove } = makeWorkspace();
    const spawner = new SandboxSpawner(OS_THREADS);
    onTestFinished(async () => {
      await spawner.dispose();
      remove();
    });
    const words = ['a'.repeat(MAX_ARGUMENT_BYTES), ...Array.from({ length: 3_800 }, () => 'b'.repeat(100))];
    const given = ['-c', 'printf "$# ${#1} ${#V00} ${#V15}"', 'sh', ...words];
    const room = MAX_COMMAND_BYTES - given.reduce((sum, word) => sum + word.length + 1, 3);
    const { command, args, env } = readSpawnRequest(
      {
        cmd: 'sh',
        args: [...given, 'c'.repeat(room - 1)],
        env: [...variables(16, MAX_ENV_BYTES / 16 - 5)],
      },
      { environment: {}, fixedPaths: true },
    );
    const child = await spawner.spawn(await script(workspace, '', { command, args, env }));
    await expect(outcome(child)).resolves.toMatchObject({
      stdout: `3802 ${String(MAX_ARGUMENT_BYTES)} 65531 65531`,
    });
  });

  it('is in a view only as far as a view may go, in `command` whole, and for its capsule as it was given', async () => {
    const args = ['-c', ':', ...Array.from({ length: 20 }, (_, at) => String(at % 10).repeat(500))];
    await probe.ok('process.spawn', [{ cmd: 'sh', args, env: [] }]);
    const [view] = started.kernel.processes();
    expect(view).toMatchObject({ command: ['sh', ...args.slice(0, 4), '2'.repeat(14)], commandCut: true });
    expect(started.kernel.command(view?.key ?? '')).toEqual(['sh', ...args]);
    expect(() => started.kernel.command('0'.repeat(16))).toThrow(
      expect.objectContaining({ code: 'no-such-process' }),
    );
    started.kernel.release(view?.key ?? '');
  });

  it.each([
    ['an argument that is', { args: ['x'.repeat(131_072)] }],
    ['an environment that is', { env: variables(17, 65_536) }],
    ['a variable’s name that is', { env: [{ key: 'K'.repeat(131_072), value: '' }] }],
  ])('%s larger than allowed is too large, and starts nothing', async (_what, more) => {
    const answer = await probe.ask('process.spawn', [{ cmd: 'true', args: [], env: [], ...more }]);
    expect(answer).toEqual({ err: { tag: 'too-large' } });
    expect(started.kernel.processes()).toEqual([]);
  });
});
