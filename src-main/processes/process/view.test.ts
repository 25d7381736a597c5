import { afterAll, describe, expect, it } from 'vitest';
import { fakeClock } from '../../base/testing.ts';
import type { ByteTarget } from '../../os/pipes/byte-source.ts';
import { makeWorkspace, script } from '../../os/testing.ts';
import { MIN_RING_BYTES } from '../limits.ts';
import { ProcessOutput } from '../output/process-output.ts';
import { planProcess } from './spec.ts';
import { informOwner, viewProcess, type ProcessState } from './view.ts';

const { path: workspace, remove } = makeWorkspace();
afterAll(remove);
const { stdin: _none, ...spec } = await script(workspace, '', { command: 'git', args: ['log'] });
const { now } = fakeClock(1_000);
const usage = { cpuMs: 20, peakMemoryBytes: 4_096 };

/** An output that got so many bytes, of which so many were drained; the rest of a held-back one waits outside. */
function output(bytes: number, drained: number, blocked: boolean): ProcessOutput {
  const made = new ProcessOutput({ capacity: MIN_RING_BYTES, overflow: 'drop-oldest', now }, () => undefined);
  made.attach({
    start: (target: ByteTarget) => target.accept(new Uint8Array(bytes)),
    resume: () => undefined,
    paused: blocked,
    ended: Promise.resolve(),
    close: () => undefined,
  });
  made.drain(drained);
  return made;
}

function state(change: Partial<ProcessState> = {}): ProcessState {
  return {
    ...{ key: 'k', owner: { capsule: 'c', principal: 'p', call: null }, tier: 'sync' },
    plan: planProcess({ ...spec, limits: { maxCpuSecs: 2, maxPids: 9 } }, 'sync'),
    ...{ phase: 'running', frozen: true, idleMs: 7.9, exit: null, stop: null, stdinOpen: true },
    times: { startedAt: 1_000, exitedAt: null, ageMs: 12.7 },
    child: { programPid: 42, usage: () => usage } as ProcessState['child'],
    streams: { stdout: output(5_000, 100, true), stderr: output(30, 10, false) },
    ...change,
  };
}

const exit = { code: 0, signal: null, reason: 'self' } as const;

describe('the view of a process', () => {
  it('says all that is known of it while it runs', () => {
    expect(viewProcess(state())).toMatchObject({
      ...{ key: 'k', capsule: 'c', principal: 'p', tier: 'sync', label: 'git log', command: ['git', 'log'] },
      ...{ commandCut: false, phase: 'running', frozen: true, osPid: 42, startedAt: 1_000, exitedAt: null },
      ...{ exit: null, stop: null, stdinOpen: true, blockedOnOutput: true, usage },
      stdout: { produced: 5_000, dropped: 5_000 - MIN_RING_BYTES },
      stderr: { produced: 30, dropped: 0 },
      limits: { cpuMs: 2_000, tasks: 9 },
      sandbox: { kind: 'bubblewrap', network: false, workspace },
    });
  });

  it('says nothing of a program that is gone as if it still ran, and keeps what it used', () => {
    expect(viewProcess(state({ exit, phase: 'exited' }))).toMatchObject({
      ...{
        phase: 'exited',
        exit,
        frozen: false,
        osPid: null,
        stdinOpen: false,
        blockedOnOutput: false,
        usage,
      },
    });
  });

  it('knows no PID and no use before there is a program', () => {
    expect(viewProcess(state({ child: undefined, phase: 'starting' }))).toMatchObject({
      ...{ osPid: null, usage: null, phase: 'starting' },
    });
  });

  it.each([
    [false, false, false],
    [true, false, true],
    [false, true, true],
    [true, true, true],
  ])('says that it waits for its reader when one stream does: %s, %s', (out, err, blocked) => {
    const streams = { stdout: output(0, 0, out), stderr: output(0, 0, err) };
    expect(viewProcess(state({ streams })).blockedOnOutput).toBe(blocked);
  });
});

it('its owner is told of both streams together, in whole milliseconds', () => {
  expect(informOwner(state())).toEqual({
    ...{ ageMs: 12, idleMs: 7, usage },
    bufferedBytes: MIN_RING_BYTES - 100 + 20,
    bytesDropped: 5_000 - MIN_RING_BYTES,
  });
  expect(informOwner(state({ child: undefined })).usage).toBeNull();
});
