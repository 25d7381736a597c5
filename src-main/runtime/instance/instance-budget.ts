import { RuntimeError } from '../errors.ts';
import {
  INSTANCE_BASE_BYTES,
  MAX_IDLE_INSTANCE_BYTES,
  MAX_IDLE_INSTANCES,
  MAX_INSTANCES,
} from '../limits.ts';
import type { GuestInstance } from './instance.ts';

type Budgeted = Pick<GuestInstance, 'ended' | 'handles' | 'memoryBytes'>;

export interface InstanceTotals {
  /** Of all pools, idle or not. */
  readonly instances: number;
  readonly idle: number;
  readonly idleBytes: number;
}

const TOTALS: InstanceTotals = {
  instances: MAX_INSTANCES,
  idle: MAX_IDLE_INSTANCES,
  idleBytes: MAX_IDLE_INSTANCE_BYTES,
};

/**
 * How many instances the pools of all capsules and principals have together: who calls names the principal, so there is no
 * end of pools. Idle ones are ended as soon as there are too many, the one not used for longest first; one with live handles
 * is not idle, its processes would end with it.
 */
export class InstanceBudget {
  readonly #totals: InstanceTotals;
  readonly #all = new Set<Budgeted>();
  /** In order of their last use; with how each is ended. */
  readonly #idle = new Map<Budgeted, () => void>();

  constructor(totals: Partial<InstanceTotals> = {}) {
    this.#totals = { ...TOTALS, ...totals };
  }

  /**
   * To be asked before one more is made; an idle one makes room for it.
   *
   * @throws RuntimeError `too-many-instances` when all of them are in use
   */
  requireRoom(): void {
    if (this.#all.size >= this.#totals.instances && !this.#endOldest()) {
      throw new RuntimeError(
        'too-many-instances',
        `All ${String(this.#totals.instances)} instances of capsules are in use.`,
        'Wait until calls have ended, or disable capsules that hold processes or streams.',
      );
    }
  }

  add(instance: Budgeted): void {
    this.#all.add(instance);
    instance.ended(() => {
      this.#all.delete(instance);
      this.#idle.delete(instance);
    });
  }

  /** @param end ends it; called at most once, and not after `beginUse` */
  endUse(instance: Budgeted, end: () => void): void {
    this.#idle.set(instance, end);
    while (this.#overIdle() && this.#endOldest());
  }

  beginUse(instance: Budgeted): void {
    this.#idle.delete(instance);
  }

  #overIdle(): boolean {
    const bytes = [...this.#idle.keys()].reduce(
      (sum, { memoryBytes }) => sum + INSTANCE_BASE_BYTES + memoryBytes,
      0,
    );
    return this.#idle.size > this.#totals.idle || bytes > this.#totals.idleBytes;
  }

  /** False when none can be ended. */
  #endOldest(): boolean {
    const oldest = [...this.#idle].find(([{ handles }]) => handles.size === 0);
    if (oldest === undefined) {
      return false;
    }
    const [instance, end] = oldest;
    this.#idle.delete(instance);
    // Its thread ends at once, and is not waited for.
    this.#all.delete(instance);
    end();
    return true;
  }
}
