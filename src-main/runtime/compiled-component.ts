import { RuntimeError } from './errors.ts';
import { capMemories, MemoryDeclaredTooLarge } from './memory-cap.ts';
import type { TranspiledComponent } from './transpile.ts';
import { enableWasmFeatures } from './wasm-features.ts';

/** A component that is ready to be instantiated any number of times: compiled modules are shared between workers. */
export interface CompiledComponent {
  readonly script: string;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/**
 * Compiles the core modules with every memory capped at `memoryLimitBytes`. V8 compiles off this thread.
 *
 * @throws RuntimeError `guest-refused-to-start` when the component declares more memory than allowed
 */
export async function compileComponent(
  component: TranspiledComponent,
  memoryLimitBytes: number,
): Promise<CompiledComponent> {
  enableWasmFeatures();
  try {
    const modules = await Promise.all(
      [...component.modules].map(
        async ([name, bytes]) =>
          [name, await WebAssembly.compile(capMemories(bytes, memoryLimitBytes))] as const,
      ),
    );
    return {
      script: component.script,
      modules: new Map(modules),
      imports: component.imports,
      exports: component.exports,
    };
  } catch (error) {
    if (error instanceof MemoryDeclaredTooLarge) {
      throw new RuntimeError(
        'guest-refused-to-start',
        error.message,
        'Build the component with a smaller initial memory.',
        { cause: error },
      );
    }
    throw new RuntimeError(
      'component-unusable',
      'The component holds a core module that this WebAssembly engine does not accept.',
      'Build it again with a current tool chain and without experimental WebAssembly features.',
      { cause: error },
    );
  }
}
