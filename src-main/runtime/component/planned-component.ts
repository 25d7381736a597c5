import type { PlannedModule } from '../../guest/realm/outer.ts';
import { capGrowth } from './growth-cap.ts';
import { PAGE_BYTES, planGrowth } from './growth-plan.ts';
import type { TranspiledComponent } from './transpile.ts';

/** A component whose memories and tables are shared out, and which nothing has compiled yet. */
export interface PlannedComponent {
  readonly script: string;
  readonly modules: ReadonlyMap<string, ModuleOf<Uint8Array<ArrayBuffer>>>;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/** A core module, its memories capped, as bytes or compiled. */
export interface ModuleOf<Code> extends Omit<PlannedModule, 'name'> {
  readonly code: Code;
}

/**
 * Caps all memories of a component together at `memoryLimitBytes`, and its tables at `TABLE_ENTRIES`. Bytes alone are
 * looked at and changed.
 *
 * @throws TypedError `guest-refused-to-start` when the component declares more than allowed
 */
export function planComponent(
  { script, modules, imports, exports }: TranspiledComponent,
  memoryLimitBytes: number,
): PlannedComponent {
  const planned = [...planGrowth(script, modules, memoryLimitBytes)].map(([name, plan]) => {
    const { bytes, read, instances, caps } = plan;
    const memoryBytes = caps.memories.reduce((total, pages) => total + pages * PAGE_BYTES, 0);
    return [name, { code: capGrowth(bytes, read, caps), instances, memoryBytes }] as const;
  });
  return { script, modules: new Map(planned), imports, exports };
}
