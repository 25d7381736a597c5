import type { ExitReason } from '../../contract/views.ts';
import { countMachineTasks } from '../../os/proc/process-stats.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import type { TreeSample } from '../../os/proc/tree-usage.ts';
import type { TreeLimits } from './child-limits.ts';
import {
  ASKED_LOOK_MS,
  FIRST_LOOK_MS,
  FORK_ALARM_TASKS,
  LONG_LOOK_MS,
  LOOK_REST,
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
  /** Called once, with the first limit that was found exceeded. */
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
  restUntil: number;
  /** The last look took long: the others do not wait for the next. */
  long: boolean;
  looking: boolean;
  previous: TreeSample | null;
}

/** Which limit a tree is over; null when none. */
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
 * Adds up what each tree of processes uses and tells when one is over a limit, whichever user runs it: the kernel's own limits
 * hold for single processes, and for root not all of them. One timer for all; it runs only while something is watched.
 *
 * Between two looks a tree can go beyond its limit: CPU by 50 ms for each core, memory by what is touched in 50 ms (some
 * 100 MiB here), more when the machine is so busy that the timer is late. A fork bomb is noticed by the number of
 * tasks of the whole machine, which is cheap to read. An ordinary user's meets the kernel's limit first. The kernel has none for
 * root: there a bomb that begins a new session with every fork was seen to keep this timer waiting for a second and
 * more, growing all the while. Capsules of strangers do not belong under root.
 */
export class ResourceWatch {
  readonly #entries = new Set<Entry>();
  readonly #now: () => number;
  readonly #countTasks: () => number;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #restUntil = 0;
  #machineTasks = 0;

  constructor(now: () => number = () => performance.now(), countTasks: () => number = countMachineTasks) {
    this.#now = now;
    this.#countTasks = countTasks;
  }

  /** Looks soon, and then again and again until it is ended. */
  add(watched: Watched): Watching {
    const entry: Entry = {
      ...watched,
      since: this.#now(),
      nextAt: 0,
      restUntil: 0,
      long: false,
      looking: false,
      previous: null,
    };
    this.#entries.add(entry);
    this.#schedule();
    return {
      attend: () => {
        entry.since = this.#now();
        entry.nextAt = Math.max(entry.restUntil, entry.since + FIRST_LOOK_MS);
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
    if (this.#entries.size > 0 && !this.#looking) {
      const waiting = [...this.#entries].filter(({ looking }) => !looking);
      const next = Math.max(this.#restUntil, Math.min(...waiting.map(({ nextAt }) => nextAt)));
      const pause = Math.min(WATCH_TICK_MS, Math.max(1, next - this.#now()));
      this.#timer = setTimeout(() => void this.#tick(), pause).unref();
    }
  }

  async #tick(): Promise<void> {
    const tasks = this.#countTasks();
    const alarm = tasks - this.#machineTasks > FORK_ALARM_TASKS;
    // The lowest since the last alarm: growth in small steps adds up.
    this.#machineTasks = alarm ? tasks : Math.min(tasks, this.#machineTasks);
    const began = this.#now();
    if (alarm || began >= this.#restUntil) {
      this.#looking = true;
      // One after the other: all wait for the same thread, and what one has found is acted on before the next.
      for (const entry of [...this.#entries]) {
        if (!entry.looking && (alarm || entry.nextAt <= began)) {
          const { long } = entry;
          const looked = this.#look(entry);
          await (long ? undefined : looked);
        }
      }
      this.#looking = false;
      const ended = this.#now();
      this.#restUntil = ended + (ended - began) * LOOK_REST;
    }
    this.#schedule();
  }

  async #look(entry: Entry): Promise<void> {
    const { child, limits, onLook, onExceeded, previous } = entry;
    const began = this.#now();
    entry.looking = true;
    // A thread that was lost is there again at the next look.
    const sample = await child.look({ ...limits, long: entry.long }).catch(() => null);
    entry.looking = false;
    const now = this.#now();
    entry.long = now - began > LONG_LOOK_MS;
    if (!this.#entries.has(entry)) {
      return;
    }
    if (sample !== null) {
      onLook(sample);
    }
    const reason = sample === null ? null : exceeded(sample, limits);
    if (reason !== null) {
      this.#entries.delete(entry);
      onExceeded(reason);
      return;
    }
    entry.restUntil = entry.long ? now + (now - began) * LOOK_REST : now;
    const wait = sample === null ? QUIET_LOOK_MS : pauseAfter(now - entry.since, limits, sample, previous);
    entry.nextAt = Math.max(entry.restUntil, now + wait);
    entry.previous = sample;
    this.#schedule();
  }
}
