import { TypedError } from '../../base/typed-error.ts';
import type { GuestModule } from '../../guest/protocol.ts';
import { RuntimeError } from '../errors.ts';
import { capGrowth } from './growth-cap.ts';
import { PAGE_BYTES, planGrowth, type ModulePlan } from './growth-plan.ts';
import type { TranspiledComponent } from './transpile.ts';
import { enableWasmFeatures } from './wasm-features.ts';

/** A component that is ready to be instantiated any number of times: compiled modules are shared between workers. */
export interface CompiledComponent {
  readonly script: string;
  readonly modules: ReadonlyMap<string, GuestModule>;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/**
 * Compiles the core modules with all their memories together capped at `memoryLimitBytes`, and their tables at
 * `TABLE_ENTRIES`. V8 compiles off this thread.
 *
 * @throws TypedError `guest-refused-to-start` when the component declares more than allowed, `component-unusable` when
 *   V8 does not take it
 */
export async function compileComponent(
  component: TranspiledComponent,
  memoryLimitBytes: number,
): Promise<CompiledComponent> {
  enableWasmFeatures();
  try {
    const plan = planGrowth(component.script, component.modules, memoryLimitBytes);
    const modules = await Promise.all(
      [...plan].map(async ([name, share]) => [name, await compile(share)] as const),
    );
    return {
      script: component.script,
      modules: new Map(modules),
      imports: component.imports,
      exports: component.exports,
    };
  } catch (error) {
    if (error instanceof TypedError) {
      throw error;
    }
    throw new RuntimeError(
      'component-unusable',
      'The component contains a core module that the WebAssembly engine rejects.',
      'Rebuild it with a current toolchain, without experimental WebAssembly features.',
      { cause: error },
    );
  }
}

async function compile({ bytes, read, instances, caps }: ModulePlan): Promise<GuestModule> {
  return {
    module: await WebAssembly.compile(capGrowth(bytes, read, caps)),
    instances,
    memoryBytes: caps.memories.reduce((total, pages) => total + pages * PAGE_BYTES, 0),
  };
}
