import type {
  CapsuleView,
  Delta,
  OutputView,
  ProcessView,
  Snapshot,
  StopView,
} from '../../src-main/contract/views.ts';

/** What the window knows of main, by key. */
export interface MachineState {
  readonly sequence: number;
  readonly processes: ReadonlyMap<string, ProcessView>;
  readonly capsules: ReadonlyMap<string, CapsuleView>;
  /** The last stop seen of each process, kept after its end: it tells how long the stop took. */
  readonly stops: ReadonlyMap<string, StopView>;
}

export function fromSnapshot(snapshot: Snapshot): MachineState {
  return {
    sequence: snapshot.sequence,
    processes: new Map(snapshot.processes.map((process) => [process.key, process])),
    capsules: new Map(snapshot.capsules.map((capsule) => [capsule.id, capsule])),
    stops: new Map(
      snapshot.processes.flatMap(({ key, stop }) => (stop === null ? [] : [[key, stop] as const])),
    ),
  };
}

/**
 * The state after a delta: `gap` when deltas are missing in between (a new snapshot is needed), the same object when the
 * delta is stale.
 */
export function applyDelta(known: MachineState, delta: Delta): MachineState | 'gap' {
  if (delta.sequence <= known.sequence) {
    return known;
  }
  if (delta.sequence !== known.sequence + 1) {
    return 'gap';
  }
  return {
    sequence: delta.sequence,
    processes: grown(
      changed(known.processes, delta.processes, (process) => process.key, delta.removedProcesses),
      delta.outputs,
    ),
    capsules: changed(known.capsules, delta.capsules, (capsule) => capsule.id, delta.removedCapsules),
    stops: stopsAfter(known.stops, delta),
  };
}

/** The same map when nothing in it changed, so that its readers are not notified. */
function changed<View>(
  map: ReadonlyMap<string, View>,
  views: readonly View[],
  keyOf: (view: View) => string,
  removed: readonly string[],
): ReadonlyMap<string, View> {
  if (views.length === 0 && removed.length === 0) {
    return map;
  }
  const next = new Map(map);
  for (const view of views) {
    next.set(keyOf(view), view);
  }
  for (const key of removed) {
    next.delete(key);
  }
  return next;
}

/** The views with the counters of their streams moved on; of a process that is not known there is nothing to move. */
function grown(
  views: ReadonlyMap<string, ProcessView>,
  outputs: readonly OutputView[],
): ReadonlyMap<string, ProcessView> {
  if (outputs.length === 0) {
    return views;
  }
  const next = new Map(views);
  for (const { key, stream, produced, dropped } of outputs) {
    const view = next.get(key);
    if (view !== undefined) {
      const retained = produced - dropped;
      next.set(key, { ...view, [stream]: { ...view[stream], produced, dropped, retained } });
    }
  }
  return next;
}

function stopsAfter(stops: ReadonlyMap<string, StopView>, delta: Delta): ReadonlyMap<string, StopView> {
  const seen = delta.processes.flatMap(({ key, stop }) => (stop === null ? [] : [{ key, stop }]));
  // A cancelled stop is forgotten: its process keeps running.
  const calledOff = delta.processes.filter((view) => view.stop === null && view.phase === 'running');
  const forgotten = [...delta.removedProcesses, ...calledOff.map((view) => view.key)].filter((key) =>
    stops.has(key),
  );
  if (seen.length === 0 && forgotten.length === 0) {
    return stops;
  }
  const next = new Map(stops);
  for (const { key, stop } of seen) {
    next.set(key, stop);
  }
  for (const key of forgotten) {
    next.delete(key);
  }
  return next;
}
