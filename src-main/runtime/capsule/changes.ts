import { deferred } from '../../base/deferred.ts';

/**
 * Which capsules are being installed, replaced, switched or removed: the one place that decides it. Of such a
 * capsule nothing may be loaded but by who changes it, or the old code would come back with the old rights.
 */
export class CapsuleChanges {
  readonly #underWay = new Map<string, Promise<undefined>>();

  /** Waits until nobody else changes the capsule, then marks it as being changed. Answers the undo. */
  async begin(id: string): Promise<() => void> {
    for (let other = this.of(id); other !== undefined; other = this.of(id)) {
      await other;
    }
    const ended = deferred<undefined>();
    this.#underWay.set(id, ended.promise);
    return () => {
      if (this.#underWay.get(id) === ended.promise) {
        this.#underWay.delete(id);
        ended.resolve(undefined);
      }
    };
  }

  /** The end of the change that is under way, if there is one. Ask again after it: another may have begun. */
  of(id: string): Promise<undefined> | undefined {
    return this.#underWay.get(id);
  }

  /** Resolves when no capsule is being changed. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.all(this.#underWay.values());
    }
  }
}
