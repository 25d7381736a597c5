import type { ExitReason } from '../../contract/views.ts';
import { countMachineTasks } from '../../os/proc/process-stats.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import type { TreeSample } from '../../os/proc/tree-usage.ts';
import type { TreeLimits } from './child-limits.ts';
import {
  ASKED_LOOK_MS,
  FIRST_LOOK_MS,
  FORK_ALARM_TASKS,
  QUIET_LOOK_MS,
  UNASKED_LOOK_MS,
  WATCH_TICK_MS,
} from '../limits.ts';

export type LimitReason = Extract<ExitReason, 'memory-limit' | 'cpu-limit' | 'pids-limit'>;

export interface Watched {
  readonly child: Pick<SandboxedChild, 'look'>;
  readonly limits: TreeLimits;
  /** Called with every look that found something. */
  readonly onLook: (sample: TreeSample) => void;
  /** Called once, with the first ceiling that was found exceeded. */
  readonly onExceeded: (reason: LimitReason) => void;
}

/** One tree under watch. */
export interface Watching {
  /** Something was done to it: it is looked at as often as after its start, to show what came of it. */
  readonly attend: () => void;
  /** No more looks. */
  readonly end: () => void;
}

interface Entry extends Watched {
  since: number;
  nextAt: number;
  previous: TreeSample | null;
}

/** Which ceiling a tree is over; null when none. */
export function exceeded(sample: TreeSample, { tasks, memoryBytes, cpuMs }: TreeLimits): LimitReason | null {
  if (sample.tasks > tasks) {
    return 'pids-limit';
  }
  if (sample.memoryBytes > memoryBytes) {
    return 'memory-limit';
  }
  return cpuMs !== null && sample.cpuMs >= cpuMs ? 'cpu-limit' : null;
}

/** When to look next: at first after half as long again, so that a short program is seen too; then by what is at stake. Milliseconds. */
export function pauseAfter(
  age: number,
  limits: TreeLimits,
  sample: TreeSample,
  before: TreeSample | null,
): number {
  const quiet =
    before !== null &&
    sample.cpuMs === before.cpuMs &&
    sample.tasks === before.tasks &&
    sample.memoryBytes <= before.memoryBytes;
  const steady = limits.asked ? ASKED_LOOK_MS : quiet ? QUIET_LOOK_MS : UNASKED_LOOK_MS;
  return Math.min(steady, Math.max(FIRST_LOOK_MS, age / 2));
}

/**
 * Adds up what each tree of processes uses and tells when one is over a ceiling, whichever user runs it: the kernel's own limits
 * hold for single processes, and for root not all of them. One timer for all; it runs only while something is watched.
 *
 * Between two looks a tree can go beyond its ceiling: CPU by 50 ms for each core, memory by what is touched in 50 ms (some
 * 100 MiB here), more when the machine is so busy that the timer is late. A fork bomb is noticed by the number of
 * tasks of the whole machine, which is cheap to read. An ordinary user's meets the kernel's limit first. The kernel has none for
 * root: there a bomb that begins a new session with every fork was seen to keep this timer waiting for a second and
 * more, growing all the while. Capsules of strangers do not belong under root.
 */
export class ResourceWatch {
  readonly #entries = new Set<Entry>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #machineTasks = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Looks at once, and then again and again until it is ended. */
  add(watched: Watched): Watching {
    const entry: Entry = { ...watched, since: this.#now(), nextAt: 0, previous: null };
    this.#entries.add(entry);
    this.#look(entry);
    this.#schedule();
    return {
      attend: () => {
        entry.since = this.#now();
        entry.nextAt = entry.since + FIRST_LOOK_MS;
        this.#schedule();
      },
      end: () => {
        this.#entries.delete(entry);
        this.#schedule();
      },
    };
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#entries.size > 0) {
      const next = Math.min(...[...this.#entries].map(({ nextAt }) => nextAt));
      const pause = Math.min(WATCH_TICK_MS, Math.max(1, next - this.#now()));
      this.#timer = setTimeout(() => this.#tick(), pause).unref();
    }
  }

  #tick(): void {
    const tasks = countMachineTasks();
    const alarm = tasks - this.#machineTasks > FORK_ALARM_TASKS;
    // The lowest since the last alarm: growth in small steps adds up.
    this.#machineTasks = alarm ? tasks : Math.min(tasks, this.#machineTasks);
    const now = this.#now();
    for (const entry of [...this.#entries]) {
      if (alarm || entry.nextAt <= now) {
        this.#look(entry);
      }
    }
    this.#schedule();
  }

  #look(entry: Entry): void {
    const { child, limits, onLook, onExceeded, since, previous } = entry;
    const sample = child.look(limits);
    if (sample !== null) {
      onLook(sample);
    }
    const reason = sample === null ? null : exceeded(sample, limits);
    if (reason !== null) {
      this.#entries.delete(entry);
      onExceeded(reason);
      return;
    }
    const now = this.#now();
    entry.nextAt =
      now + (sample === null ? QUIET_LOOK_MS : pauseAfter(now - since, limits, sample, previous));
    entry.previous = sample;
  }
}
