/** The first wait, doubled after each quick end, and the longest wait. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Whatever ran this long is taken for healthy: its next end waits the shortest time again. */
const HEALTHY_AFTER_MS = 10_000;

interface Attempt {
  count: number;
  /** When the next start is due, or undefined while it runs. */
  dueAt: number | undefined;
}

/** When to start again what ended by itself: exponential back-off by name, forgotten after a healthy run. */
export class RestartPlan {
  readonly #attempts = new Map<string, Attempt>();

  /** How often `name` was started again since it last was healthy. */
  attempts(name: string): number {
    return this.#attempts.get(name)?.count ?? 0;
  }

  /** `name` runs and has done so for `ageMs`. */
  running(name: string, ageMs: number): void {
    const attempt = this.#attempts.get(name);
    if (ageMs >= HEALTHY_AFTER_MS) this.#attempts.delete(name);
    else if (attempt !== undefined) attempt.dueAt = undefined;
  }

  /** `name` was stopped on purpose. */
  forget(name: string): void {
    this.#attempts.delete(name);
  }

  /** `name` has ended: whether to start it now. The first call after an end only sets the time. */
  due(name: string, now: number): boolean {
    const attempt = this.#attempts.get(name) ?? { count: 0, dueAt: undefined };
    this.#attempts.set(name, attempt);
    if (attempt.dueAt === undefined) {
      attempt.dueAt = now + Math.min(FIRST_WAIT_MS * 2 ** attempt.count, LONGEST_WAIT_MS);
      return false;
    }
    if (now < attempt.dueAt) return false;
    attempt.count += 1;
    attempt.dueAt = undefined;
    return true;
  }
}
