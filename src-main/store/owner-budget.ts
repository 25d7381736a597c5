/** `summarise later`: leave it out now, and say once how much was left out when the second is over. */
export type Admission = 'write' | 'summarise later';

/**
 * How much each owner may have written in one second. Whoever is over it is over it until the second ends, also with
 * something smaller: what is left out is the rest of the second, without holes.
 */
export class OwnerBudget {
  readonly #perSecond: number;
  readonly #used = new Map<string, number>();
  #second = Number.NaN;

  /** @param perSecond in the unit of `cost` */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @param now milliseconds of any clock, the same for all calls */
  admit(owner: string, now: number, cost = 1): Admission {
    const second = secondOf(now);
    if (second !== this.#second) {
      this.#second = second;
      this.#used.clear();
    }
    const used = (this.#used.get(owner) ?? 0) + cost;
    const isOver = used > this.#perSecond;
    this.#used.set(owner, isOver ? Infinity : used);
    return isOver ? 'summarise later' : 'write';
  }
}

/** The number of the second that `now` lies in. */
export function secondOf(now: number): number {
  return Math.floor(now / 1_000);
}
