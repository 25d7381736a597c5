import type { PlannedModule } from './outer.ts';

/** The memories that one instance of a core module made, and what they may grow to together. */
interface Part {
  readonly memories: readonly WebAssembly.Memory[];
  readonly mostBytes: number;
  /** Fixed memories are full from the start, and no sign of anything. */
  readonly grows: boolean;
}

/** Makes the instances that the guest's memory was shared out for, and knows how much of it is taken. */
export class GuestMemory {
  readonly #plans: ReadonlyMap<string, PlannedModule>;
  /** What the component's script has for a module, which it must not have itself. */
  readonly #tokens = new Map<object, { readonly module: WebAssembly.Module; readonly plan: PlannedModule }>();
  readonly #made = new Map<PlannedModule, number>();
  readonly #known = new Set<WebAssembly.Memory>();
  readonly #parts: Part[] = [];

  constructor(modules: readonly PlannedModule[]) {
    this.#plans = new Map(modules.map((each) => [each.name, each]));
  }

  /** @throws Error for a module that there is not */
  tokenOf(name: string, module: WebAssembly.Module | null): object {
    const plan = this.#plans.get(name);
    if (plan === undefined || module === null) {
      throw new Error(`its core module ${name} is missing`);
    }
    const token = Object.freeze({});
    this.#tokens.set(token, { module, plan });
    return token;
  }

  /** @throws Error for more instances than planned: their memories would come on top of the guest's limit */
  instantiate(token: object, imports: WebAssembly.Imports): WebAssembly.Instance {
    const found = this.#tokens.get(token);
    const made = found === undefined ? 0 : (this.#made.get(found.plan) ?? 0);
    if (found === undefined || made >= found.plan.instances) {
      throw new Error('it creates more instances of a core module than its memory budget allows');
    }
    const { module, plan } = found;
    this.#made.set(plan, made + 1);
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
