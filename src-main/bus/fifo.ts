/** Emptied places at the front of the array before it is moved up. */
const SLACK = 1_024;

/** First in, first out; an array's own `shift` moves every element. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #start = 0;

  get length(): number {
    return this.#items.length - this.#start;
  }

  get first(): T | undefined {
    return this.#items[this.#start];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#start];
    if (item !== undefined) {
      this.#items[this.#start] = undefined;
      this.#start += 1;
      if (this.#start > SLACK && this.#start * 2 > this.#items.length) {
        this.#items = this.#items.slice(this.#start);
        this.#start = 0;
      }
    }
    return item;
  }
}
