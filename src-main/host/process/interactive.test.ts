import { accessSync, constants } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHILD_PATH } from '../../os/limits.ts';
import { bytesOf, startProbe } from '../testing.ts';

const { probe, started } = await startProbe();

interface Interpreter {
  readonly request: { readonly cmd: string; readonly args: readonly string[] };
  readonly ask: readonly string[];
  readonly answers: readonly string[];
  readonly why: string;
}

const PYTHON: Interpreter = {
  request: { cmd: 'python3', args: ['-u', '-i', '-q'] },
  ask: ['x = 6\n', 'print(x * 7, flush=True)\n', 'print(x + 1, flush=True)\n'],
  answers: ['', '42', '7'],
  why: 'python3 is installed',
};
const SHELL: Interpreter = {
  request: { cmd: 'sh', args: [] },
  ask: ['x=6\n', 'echo $((x * 7))\n', 'echo $((x + 1))\n'],
  answers: ['', '42', '7'],
  why: 'python3 is not installed here, so that sh stands for it',
};

const interpreter = CHILD_PATH.split(':').some((folder) => isExecutable(`${folder}/python3`))
  ? PYTHON
  : SHELL;

describe(`an interpreter that is asked line by line (${interpreter.why})`, () => {
  it('answers a second instance what the first one taught it, and ends with its input', async () => {
    const [teach = '', ask = '', askAgain = ''] = interpreter.ask;
    const id = await probe.ok<string>('process.spawnPersistent', [
      { ...interpreter.request, env: [], keepStdinOpen: true },
    ]);
    await probe.ok('process.writeStdin', [id, { $text: teach }]);
    await probe.ok('process.writeStdin', [id, { $text: ask }]);
    await expect.poll(() => outputOf(id), PATIENCE).toBe('42\n');

    const first = instances();
    // Not JSON: the guest throws, which is a trap and the end of its instance.
    const trap = started.kernel.invoke({ capsule: 'probe', action: 'batch', payload: '{' });
    await expect(trap).rejects.toMatchObject({ code: 'guest-trapped' });
    await probe.ok('process.writeStdin', [id, { $text: askAgain }]);
    expect(instances().filter((one) => first.includes(one))).toEqual([]);
    await expect.poll(() => outputOf(id), PATIENCE).toBe('42\n7\n');

    await expect(probe.ok('process.status', [id])).resolves.toMatchObject({
      phase: 'running',
      stdinOpen: true,
    });
    await probe.ok('process.closeStdin', [id]);
    await expect(probe.ok('process.wait', [id, 15_000])).resolves.toEqual({ exitCode: 0, signal: null });
    await expect(probe.errOf('process.writeStdin', [id, { $text: askAgain }])).resolves.toBe('closed');
    await probe.ok('process.releaseProcess', [id]);
  });
});

const PATIENCE = { timeout: 15_000 };

/** The whole output so far, without taking it. */
async function outputOf(id: string): Promise<string> {
  const { data } = await probe.ok<{ data: unknown }>('process.readSince', [id, 'stdout', {}, 10_000]);
  return bytesOf(data).toString();
}

function instances(): readonly string[] {
  return started.kernel.capsules().flatMap((capsule) => capsule.instances.map(({ key }) => key));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
