import { MAX_CORE_INSTANCES, MAX_INSTANTIATION_STEPS } from '../limits.ts';
import { tooLarge } from './budget.ts';
import type { Made } from './definition.ts';

/** Counts what one instance of a component makes, with the instances that it makes of others: nesting multiplies. */
export class Tally {
  readonly #where: string;
  #made: Made = { coreInstances: 0, steps: 0 };

  constructor(where: string) {
    this.#where = where;
  }

  get made(): Made {
    return this.#made;
  }

  step(): void {
    this.add({ coreInstances: 0, steps: 1 });
  }

  /** @throws TypedError `component-too-large` */
  add({ coreInstances, steps }: Made): void {
    this.#made = {
      coreInstances: this.#made.coreInstances + coreInstances,
      steps: this.#made.steps + steps,
    };
    if (this.#made.coreInstances > MAX_CORE_INSTANCES) {
      throw tooLarge(`more than ${MAX_CORE_INSTANCES} core instances, nesting multiplied out`, this.#where);
    }
    if (this.#made.steps > MAX_INSTANTIATION_STEPS) {
      throw tooLarge(
        `more than ${MAX_INSTANTIATION_STEPS} steps of instantiation, nesting multiplied out`,
        this.#where,
      );
    }
  }
}
