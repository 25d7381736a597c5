import { closed, opened } from './leaks.ts';

/** Undoes one acquire. Calling it twice does nothing the second time. */
export type Dispose = () => void | Promise<void>;

/**
 * Owns undo functions and runs them once, newest first. Anything added after `dispose` is undone at
 * once, so a late asynchronous result cannot leak.
 */
export class DisposableStore {
  #undos: Dispose[] = [];
  #disposal: Promise<void> | undefined;

  constructor() {
    opened(this);
  }

  get disposed(): boolean {
    return this.#disposal !== undefined;
  }

  /** Registers `undo` and hands it back for an earlier call by its owner. */
  add(undo: Dispose): Dispose {
    if (this.#disposal !== undefined) {
      void undo();
      return undo;
    }
    this.#undos.push(undo);
    return undo;
  }

  /** Runs every undo, newest first, even when one fails; then throws the first failure. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#run();
    return this.#disposal;
  }

  async #run(): Promise<void> {
    closed(this);
    let first: { readonly error: unknown } | undefined;
    for (const undo of this.#undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        first ??= { error };
      }
    }
    if (first !== undefined) {
      throw first.error;
    }
  }
}
