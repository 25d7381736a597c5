import type { GuestModule } from '../guest/protocol.ts';
import { RuntimeError } from './errors.ts';
import { PAGE_BYTES, planMemories, type ModulePlan } from './memory-cap-plan.ts';
import { capMemories } from './memory-cap.ts';
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
 * Compiles the core modules with all their memories together capped at `memoryLimitBytes`. V8 compiles off this thread.
 *
 * @throws RuntimeError `guest-refused-to-start` when the component declares more memory than allowed
 */
export async function compileComponent(
  component: TranspiledComponent,
  memoryLimitBytes: number,
): Promise<CompiledComponent> {
  enableWasmFeatures();
  try {
    const plan = planMemories(component.script, component.modules, memoryLimitBytes);
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
    if (error instanceof RuntimeError) {
      throw error;
    }
    throw new RuntimeError(
      'component-unusable',
      'The component holds a core module that this WebAssembly engine does not accept.',
      'Build it again with a current tool chain and without experimental WebAssembly features.',
      { cause: error },
    );
  }
}

async function compile({ bytes, instances, maxima }: ModulePlan): Promise<GuestModule> {
  return {
    module: await WebAssembly.compile(capMemories(bytes, maxima)),
    instances,
    memoryBytes: maxima.reduce((total, pages) => total + pages * PAGE_BYTES, 0),
  };
}
