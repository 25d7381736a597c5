import { ComponentReader } from '../../capsules/component/reader.ts';
import { readCoreModule, type CoreModule, type LimitsSection } from '../../capsules/component/core-module.ts';
import { RuntimeError } from '../errors.ts';
import type { GrowthCaps } from './growth-cap.ts';
import { MAX_MEMORIES, MAX_TABLES, TABLE_ENTRIES } from '../limits.ts';

/** Bytes in a page of linear memory, fixed by the WebAssembly specification. */
export const PAGE_BYTES = 65_536;

/** What a core module may have of the guest's memory and tables. */
export interface ModulePlan {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly read: CoreModule;
  /** How many instances of it the component makes. */
  readonly instances: number;
  /** The same in each of its instances. */
  readonly caps: GrowthCaps;
}

/**
 * Shares the memory of one guest, and the entries of its tables, out over all that it makes, so that they cannot have
 * more than the limit together, however they grow: WebAssembly knows a maximum of one memory or table only.
 *
 * @param script the transpiled component, which says what is instantiated how often
 * @param memoryLimitBytes of all linear memories together
 * @throws RuntimeError `guest-refused-to-start` when what it declares is over a limit
 */
export function planGrowth(
  script: string,
  modules: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  memoryLimitBytes: number,
): ReadonlyMap<string, ModulePlan> {
  const counts = countInstances(script);
  const parts = [...modules].map(([name, bytes]) => {
    const read = readCoreModule(new ComponentReader(bytes, 0, bytes.length, name));
    const instances = counts.get(name) ?? 0;
    return {
      name,
      bytes,
      read,
      instances,
      memories: demands(read.memories, instances),
      tables: demands(read.tables, instances),
    };
  });
  const memories = shareMemories(
    parts.flatMap((part) => part.memories),
    memoryLimitBytes,
  );
  const tables = shareTables(
    parts.flatMap((part) => part.tables),
    sum(parts, ({ instances, read }) => instances * read.segmentEntries),
    sum(parts, ({ instances, read }) => instances * read.importedTables),
  );
  return new Map(
    parts.map(({ name, bytes, read, instances, ...own }) => {
      // What is never made has no share.
      const caps = {
        memories: own.memories.map((memory) => memories.get(memory) ?? memory.minimum),
        tables: own.tables.map((table) => tables.get(table) ?? table.minimum),
      };
      return [name, { bytes, read, instances, caps }];
    }),
  );
}

/** One memory (in pages) or table (in elements) of each of so many instances. */
export interface Demand {
  readonly minimum: number;
  /** Null: as far as it can. */
  readonly maximum: number | null;
  readonly instances: number;
}

/**
 * The maximum of each demand: what it declares, and of what is left a part by the size it starts with (one
 * more, as some start with none), since that is all there is to tell a heap from a stub by. What a declared
 * maximum leaves over goes to the others.
 *
 * @param demands whose minima together are within the limit
 * @param limit pages or elements of all together
 */
export function shareOut(demands: readonly Demand[], limit: number): ReadonlyMap<Demand, number> {
  const maxima = new Map<Demand, number>();
  let spare = limit - sum(demands, ({ instances, minimum }) => instances * minimum);
  let open = demands.filter(({ instances }) => instances > 0);
  for (;;) {
    const weights = sum(open, ({ instances, minimum }) => instances * (minimum + 1));
    const shareOf = ({ minimum }: Demand): number => minimum + Math.floor((spare * (minimum + 1)) / weights);
    const content = open.filter((each) => each.maximum !== null && each.maximum <= shareOf(each));
    if (content.length === 0) {
      return new Map([...maxima, ...open.map((each) => [each, shareOf(each)] as const)]);
    }
    for (const each of content) {
      const maximum = each.maximum ?? each.minimum;
      maxima.set(each, maximum);
      spare -= each.instances * (maximum - each.minimum);
    }
    open = open.filter((each) => !maxima.has(each));
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

function demands(section: LimitsSection | null, instances: number): readonly Demand[] {
  return (section?.limits ?? []).map(({ minimum, maximum }) => ({ minimum, maximum, instances }));
}

function shareMemories(memories: readonly Demand[], limitBytes: number): ReadonlyMap<Demand, number> {
  requireFew('memories', countOf(memories), MAX_MEMORIES);
  const declaredBytes = declaredBy(memories) * PAGE_BYTES;
  if (declaredBytes > limitBytes) {
    throw new RuntimeError(
      'guest-refused-to-start',
      `The component declares ${declaredBytes} bytes of memory; the limit is ${limitBytes}.`,
      'Rebuild the component with a smaller initial memory.',
    );
  }
  return shareOut(memories, Math.floor(limitBytes / PAGE_BYTES));
}

/**
 * @param segments entries of the element segments, which V8 keeps beside the tables that they fill
 * @param imported how often its instances take a table from another one: V8 11 copies it for each of them
 */
function shareTables(
  tables: readonly Demand[],
  segments: number,
  imported: number,
): ReadonlyMap<Demand, number> {
  requireFew('tables', countOf(tables), MAX_TABLES);
  const declared = declaredBy(tables);
  const entries = segments + declared * (1 + imported);
  if (entries > TABLE_ENTRIES) {
    throw new RuntimeError(
      'guest-refused-to-start',
      `The component needs ${entries} table entries (tables of ${declared} elements, imported ${imported} times, plus ${segments} in segments); the limit is ${TABLE_ENTRIES}.`,
      'Rebuild the component with smaller tables.',
    );
  }
  return shareOut(tables, Math.floor((TABLE_ENTRIES - segments) / (1 + imported)));
}

function requireFew(what: string, count: number, limit: number): void {
  if (count > limit) {
    throw new RuntimeError(
      'guest-refused-to-start',
      `The component has ${count} ${what}; the limit is ${limit}.`,
      'Compose it from fewer parts.',
    );
  }
}

function countOf(demanded: readonly Demand[]): number {
  return sum(demanded, ({ instances }) => instances);
}

function declaredBy(demanded: readonly Demand[]): number {
  return sum(demanded, ({ instances, minimum }) => instances * minimum);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
