import { describe, expect, it } from 'vitest';
import type { ProcessView, StopView } from '../../src-main/contract/views.ts';
import { fakeDelta, fakeSnapshot } from '../client/fake-client.ts';
import { fakeCapsule, fakeProcess } from '../client/fake-views.ts';
import { applyDelta, fromSnapshot, type MachineState } from './apply-delta.ts';

const stop: StopView = { ...({} as StopView), step: 'term', graceMs: 5_000 };
const stopping = (key: string): ProcessView => fakeProcess(key, { phase: 'stopping', stop });

function after(known: MachineState, change: Parameters<typeof fakeDelta>[1]): MachineState {
  const next = applyDelta(known, fakeDelta(known.sequence + 1, change));
  if (next === 'gap') {
    throw new Error('no delta is missing');
  }
  return next;
}

describe('a snapshot', () => {
  it('is kept by key, with the stops that are under way', () => {
    const known = fromSnapshot(
      fakeSnapshot({ processes: [stopping('a'), fakeProcess('b')], capsules: [fakeCapsule('c')] }),
    );
    expect([...known.processes.keys()]).toEqual(['a', 'b']);
    expect([...known.capsules]).toEqual([['c', fakeCapsule('c')]]);
    expect([...known.stops]).toEqual([['a', stop]]);
  });
});

describe('the stops', () => {
  const known = fromSnapshot(
    fakeSnapshot({
      processes: [stopping('ended'), stopping('called off'), stopping('removed'), fakeProcess('x')],
    }),
  );

  it('are kept past the end of a process; forgotten when it goes or runs on', () => {
    const next = after(known, {
      processes: [
        fakeProcess('ended', { phase: 'exited' }),
        fakeProcess('called off', { phase: 'running' }),
        stopping('x'),
      ],
      removedProcesses: ['removed'],
    });
    expect([...next.stops]).toEqual([
      ['ended', stop],
      ['x', stop],
    ]);
  });

  it.each([
    ['what has none runs on', { processes: [fakeProcess('x', { phase: 'running' })] }],
    ['what has none goes', { removedProcesses: ['x'] }],
    ['another part changes', { capsules: [fakeCapsule('c')] }],
  ])('are the same map, so that nobody is told, when %s', (_name, change) => {
    expect(after(known, change).stops).toBe(known.stops);
  });
});

describe('growing output', () => {
  const known = fromSnapshot(fakeSnapshot({ processes: [fakeProcess('a')] }));

  it('leaves the processes the same map when there is none', () => {
    expect(after(known, { capsules: [fakeCapsule('c')] }).processes).toBe(known.processes);
  });

  it('moves the counters on', () => {
    const growth = { key: 'a', stream: 'stdout', produced: 50, dropped: 20 } as const;
    const { stdout } = after(known, { outputs: [growth] }).processes.get('a') ?? {};
    expect(stdout).toMatchObject({ produced: 50, dropped: 20, retained: 30 });
  });
});
