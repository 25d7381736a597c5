import { describe, expect, it } from 'vitest';
import { startCapsule } from '../testing.ts';

describe('repl', () => {
  it('keeps what earlier lines did and answers each line with its own output', async () => {
    const { call, kernel } = await startCapsule('capsules/repl');
    await call('open');
    await expect(call('send', { line: 'X=5; echo first' })).resolves.toEqual({
      stdout: ['first'],
      stderr: [],
    });
    await expect(call('send', { line: 'printf "$X"; echo oops >&2' })).resolves.toEqual({
      stdout: ['5'],
      stderr: ['oops'],
    });
    expect(kernel.processes().filter(({ phase }) => phase === 'running')).toHaveLength(1);
  });

  it('opens once and closes for good', async () => {
    const { call, kernel } = await startCapsule('capsules/repl');
    await expect(call('send', { line: 'true' })).resolves.toMatchObject({
      refused: expect.stringContaining('no interpreter is open'),
    });
    const first = await call('open');
    await expect(call('open')).resolves.toEqual(first);
    await expect(call('close')).resolves.toMatchObject({ closed: true });
    await expect(call('close')).resolves.toEqual({ closed: false });
    expect(kernel.processes().filter(({ phase }) => phase === 'running')).toEqual([]);
  });

  it('gives up on a line without an answer, and tells when the interpreter ended', async () => {
    const { call } = await startCapsule('capsules/repl');
    await call('open');
    await expect(call('send', { line: 'sleep 30', timeoutMs: 100 })).resolves.toMatchObject({
      refused: expect.stringContaining('timed out'),
    });
    await call('close');
    await call('open');
    await expect(call('send', { line: 'exit 3' })).resolves.toMatchObject({
      refused: expect.stringContaining('the interpreter exited'),
    });
  });
});
