import type { GuestModule } from './protocol.ts';

/** The memories that one instance of a core module made, and what they may grow to together. */
interface Part {
  readonly memories: readonly WebAssembly.Memory[];
  readonly mostBytes: number;
  /** Fixed memories are full from the start, and no sign of anything. */
  readonly grows: boolean;
}

/** Makes the instances that the guest's memory was shared out for, and knows how much of it is taken. */
export class GuestMemory {
  readonly #planned: ReadonlyMap<WebAssembly.Module, GuestModule>;
  readonly #made = new Map<WebAssembly.Module, number>();
  readonly #known = new Set<WebAssembly.Memory>();
  readonly #parts: Part[] = [];

  constructor(modules: readonly GuestModule[]) {
    this.#planned = new Map(modules.map((each) => [each.module, each]));
  }

  /** @throws Error for more instances than planned: their memories would come on top of the guest's limit */
  instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
    const plan = this.#planned.get(module);
    const made = this.#made.get(module) ?? 0;
    if (plan === undefined || made >= plan.instances) {
      throw new Error('it creates more instances of a core module than its memory budget allows');
    }
    this.#made.set(module, made + 1);
    const instance = new WebAssembly.Instance(module, imports);
    // An imported memory that is exported again was counted where it was made.
    const memories = Object.values(instance.exports).filter(
      (value): value is WebAssembly.Memory => value instanceof WebAssembly.Memory && !this.#known.has(value),
    );
    for (const memory of memories) {
      this.#known.add(memory);
    }
    const mostBytes = plan.memoryBytes;
    this.#parts.push({ memories, mostBytes, grows: bytesOf(memories) < mostBytes });
    return instance;
  }

  /** As much of the whole as is taken of its fullest part: a guest with one of its heaps full can go on no more. */
  get takenBytes(): number {
    const taken = this.#parts.reduce((total, { memories }) => total + bytesOf(memories), 0);
    const most = this.#parts.reduce((total, { mostBytes }) => total + mostBytes, 0);
    const fullest = this.#parts
      .filter(({ grows }) => grows)
      .reduce((share, { memories, mostBytes }) => Math.max(share, bytesOf(memories) / mostBytes), 0);
    return Math.max(taken, Math.round(most * fullest));
  }
}

function bytesOf(memories: readonly WebAssembly.Memory[]): number {
  return memories.reduce((total, memory) => total + memory.buffer.byteLength, 0);
}
