import type { Kernel, KernelEvent } from '../contract/kernel.ts';
import type { CapsuleView, Delta, OutputView, ProcessView, Snapshot } from '../contract/views.ts';
import { STATE_DELTA_INTERVAL_MS } from './constants.ts';
import type { WindowPort } from './window-port.ts';

type FeedKernel = Pick<Kernel, 'subscribe' | 'processes' | 'capsules' | 'about'>;

/**
 * Tells windows what changed. A window subscribes by asking for the snapshot; from then on it gets a
 * `state.delta` at most every 50 ms, the one clock between a program's output and the window, and none while nothing changes. Sequence numbers count per window
 * without gaps. The kernel is listened to only while a window is subscribed.
 */
export class StateFeed {
  readonly #kernel: FeedKernel;
  readonly #windows = new Map<number, Subscription>();
  #unsubscribe: (() => void) | undefined;
  #disposed = false;

  constructor(kernel: FeedKernel) {
    this.#kernel = kernel;
  }

  /** The whole state now; what changes later follows as deltas that start at `sequence + 1`. */
  snapshot(window: WindowPort): Snapshot {
    const subscription = this.#windows.get(window.id) ?? this.#subscribe(window);
    // What is pending stays: it is told once more, harmlessly, and a page may ask for the snapshot twice.
    return {
      sequence: subscription.sequence,
      processes: this.#kernel.processes(),
      capsules: this.#kernel.capsules(),
      about: this.#kernel.about(),
    };
  }

  dispose(): void {
    this.#disposed = true;
    for (const id of this.#windows.keys()) {
      this.#drop(id);
    }
  }

  #subscribe(window: WindowPort): Subscription {
    const subscription: Subscription = {
      window,
      pending: new PendingChanges(),
      sequence: 0,
      timer: undefined,
      unsubscribeGone: window.onGone(() => this.#drop(window.id)),
    };
    if (this.#disposed) {
      // A snapshot is still an answer while the application ends; nothing follows it.
      subscription.unsubscribeGone();
      return subscription;
    }
    this.#windows.set(window.id, subscription);
    this.#unsubscribe ??= this.#kernel.subscribe((event) => this.#hear(event));
    return subscription;
  }

  #drop(id: number): void {
    const subscription = this.#windows.get(id);
    if (subscription === undefined) {
      return;
    }
    this.#windows.delete(id);
    clearTimeout(subscription.timer);
    subscription.unsubscribeGone();
    if (this.#windows.size === 0) {
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    }
  }

  #hear(event: KernelEvent): void {
    if (event.kind === 'guest-log') {
      return;
    }
    for (const subscription of this.#windows.values()) {
      subscription.pending.add(event);
      subscription.timer ??= setTimeout(() => flush(subscription), STATE_DELTA_INTERVAL_MS);
    }
  }
}

interface Subscription {
  readonly window: WindowPort;
  readonly pending: PendingChanges;
  sequence: number;
  timer: NodeJS.Timeout | undefined;
  readonly unsubscribeGone: () => void;
}

function flush(subscription: Subscription): void {
  subscription.timer = undefined;
  subscription.sequence += 1;
  subscription.window.send('state.delta', {
    sequence: subscription.sequence,
    ...subscription.pending.take(),
  });
}

/** The latest view of everything that changed; an entry is either changed or removed, never both. */
class PendingChanges {
  readonly #processes = new Map<string, ProcessView>();
  readonly #outputs = new Map<string, OutputView>();
  readonly #removedProcesses = new Set<string>();
  readonly #capsules = new Map<string, CapsuleView>();
  readonly #removedCapsules = new Set<string>();

  add(event: Exclude<KernelEvent, { kind: 'guest-log' }>): void {
    switch (event.kind) {
      case 'process':
        this.#removedProcesses.delete(event.process.key);
        this.#dropOutputs(event.process.key);
        this.#processes.set(event.process.key, event.process);
        return;
      case 'process-output': {
        const { key, stream, produced, dropped } = event;
        this.#outputs.set(`${stream} ${key}`, { key, stream, produced, dropped });
        return;
      }
      case 'process-removed':
        this.#processes.delete(event.key);
        this.#dropOutputs(event.key);
        this.#removedProcesses.add(event.key);
        return;
      case 'capsule':
        this.#removedCapsules.delete(event.capsule.id);
        this.#capsules.set(event.capsule.id, event.capsule);
        return;
      case 'capsule-removed':
        this.#capsules.delete(event.id);
        this.#removedCapsules.add(event.id);
        return;
    }
  }

  take(): Omit<Delta, 'sequence'> {
    const changes = {
      processes: [...this.#processes.values()],
      outputs: [...this.#outputs.values()],
      removedProcesses: [...this.#removedProcesses],
      capsules: [...this.#capsules.values()],
      removedCapsules: [...this.#removedCapsules],
    };
    for (const part of [
      this.#processes,
      this.#outputs,
      this.#removedProcesses,
      this.#capsules,
      this.#removedCapsules,
    ]) {
      part.clear();
    }
    return changes;
  }

  /** What a view says is newer. */
  #dropOutputs(key: string): void {
    this.#outputs.delete(`stdout ${key}`);
    this.#outputs.delete(`stderr ${key}`);
  }
}
