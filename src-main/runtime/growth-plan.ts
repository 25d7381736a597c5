import { RuntimeError } from './errors.ts';
import { declaredMemories, type DeclaredMemory } from './memory-cap.ts';

/** Bytes in a page of linear memory, fixed by the WebAssembly specification. */
export const PAGE_BYTES = 65_536;

/**
 * Memories of one guest. V8 reserves up to 10 GiB of address space for each, whatever its size, and all guests
 * share one address space. QuickJS comes with three; a component composed of ten such parts still fits.
 */
const MAX_MEMORIES = 32;

/** What a core module may have of the guest's memory. */
export interface ModulePlan {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many instances of it the component makes. */
  readonly instances: number;
  /** In pages, one for each memory that it declares; the same in each of its instances. */
  readonly maxima: readonly number[];
}

/**
 * Shares the memory of one guest out over all memories it makes, so that they cannot have more than
 * `limitBytes` together, however they grow: WebAssembly knows a maximum of one memory only.
 *
 * @param script the transpiled component, which says what is instantiated how often
 * @throws RuntimeError `guest-refused-to-start` when what it declares is over the limit
 */
export function planMemories(
  script: string,
  modules: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  limitBytes: number,
): ReadonlyMap<string, ModulePlan> {
  const counts = countInstances(script);
  const parts = [...modules].map(([name, bytes]) => {
    const instances = counts.get(name) ?? 0;
    const memories = declaredMemories(bytes).map((each): MemoryDemand => ({ ...each, instances }));
    return { name, bytes, instances, memories };
  });
  const memories = parts.flatMap((part) => part.memories);
  requireFewMemories(sum(memories, ({ instances }) => instances));
  requireSmallStart(sum(memories, ({ instances, minimum }) => instances * minimum) * PAGE_BYTES, limitBytes);
  const maxima = shareOut(memories, Math.floor(limitBytes / PAGE_BYTES));
  return new Map(
    parts.map(({ name, bytes, instances, memories: own }) => [
      name,
      // What is never made has no share.
      { bytes, instances, maxima: own.map((memory) => maxima.get(memory) ?? memory.minimum) },
    ]),
  );
}

/** One memory of each of so many instances. */
export interface MemoryDemand extends DeclaredMemory {
  readonly instances: number;
}

/**
 * The maximum of each memory, in pages: what it declares, and of what is left a part by the size it starts with (a
 * page more, as some start with none), since that is all there is to tell a heap from a stub by. What a declared
 * maximum leaves over goes to the others.
 *
 * @param memories whose minima together are within the limit
 */
export function shareOut<Demand extends MemoryDemand>(
  memories: readonly Demand[],
  limitPages: number,
): ReadonlyMap<Demand, number> {
  const maxima = new Map<Demand, number>();
  let spare = limitPages - sum(memories, ({ instances, minimum }) => instances * minimum);
  let open = memories.filter(({ instances }) => instances > 0);
  for (;;) {
    const weights = sum(open, ({ instances, minimum }) => instances * (minimum + 1));
    const shareOf = ({ minimum }: Demand): number => minimum + Math.floor((spare * (minimum + 1)) / weights);
    const content = open.filter((memory) => memory.maximum !== null && memory.maximum <= shareOf(memory));
    if (content.length === 0) {
      return new Map([...maxima, ...open.map((memory) => [memory, shareOf(memory)] as const)]);
    }
    for (const memory of content) {
      const maximum = memory.maximum ?? memory.minimum;
      maxima.set(memory, maximum);
      spare -= memory.instances * (maximum - memory.minimum);
    }
    open = open.filter((memory) => !maxima.has(memory));
  }
}

/**
 * How often the transpiled component instantiates each core module: jco writes every instantiation out. Should
 * that ever change, the guest does not start, since its worker makes no more instances than are counted here.
 */
function countInstances(script: string): ReadonlyMap<string, number> {
  const names = new Map<string, string>();
  for (const [, variable = '', name = ''] of script.matchAll(/\bconst (\w+) = getCoreModule\('([^']+)'\)/g)) {
    names.set(variable, name);
  }
  const counts = new Map<string, number>();
  for (const [, variable = ''] of script.matchAll(/\binstantiateCore\((\w+)\b/g)) {
    const name = names.get(variable);
    if (name !== undefined) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

function requireFewMemories(count: number): void {
  if (count > MAX_MEMORIES) {
    throw new RuntimeError(
      'guest-refused-to-start',
      `The component makes ${count} memories; the limit is ${MAX_MEMORIES}.`,
      'Compose it of fewer parts.',
    );
  }
}

function requireSmallStart(declaredBytes: number, limitBytes: number): void {
  if (declaredBytes > limitBytes) {
    throw new RuntimeError(
      'guest-refused-to-start',
      `The component declares ${declaredBytes} bytes of memory; the limit is ${limitBytes}.`,
      'Build the component with a smaller initial memory.',
    );
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
