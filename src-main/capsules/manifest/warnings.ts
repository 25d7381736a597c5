import { MAX_WARNINGS } from '../limits.ts';

/** What a manifest is warned of: the first sentences, and how many more there would be. */
export class Warnings {
  readonly #sentences: string[] = [];
  #more = 0;

  /** @param sentence made only when there is room for it, since a manifest can earn tens of thousands */
  add(sentence: () => string): void {
    if (this.#sentences.length < MAX_WARNINGS) {
      this.#sentences.push(sentence());
    } else {
      this.#more += 1;
    }
  }

  list(): readonly string[] {
    const rest = this.#more === 0 ? [] : [`${this.#more} more ${this.#more === 1 ? 'warning' : 'warnings'}.`];
    return [...this.#sentences, ...rest];
  }
}
