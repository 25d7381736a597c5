import { createContext, Script } from 'node:vm';

/** The generated function: core modules by name, host imports by interface, how to make an instance. */
export type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  instantiateCore: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => Readonly<Record<string, unknown>>;

export interface EvaluatedComponent {
  readonly instantiate: Instantiate;
  /** The context's own class: jco takes anything else that an import throws for an `err` value. */
  readonly Error: ErrorConstructor;
}

/**
 * Evaluates a transpiled component's script in a fresh context that has the language and WebAssembly
 * but nothing of Node: no `process`, no `require`, no timers, no code from strings.
 */
export function evaluateComponent(script: string): EvaluatedComponent {
  const context = createContext(
    { TextEncoder, TextDecoder, console: silentConsole },
    { codeGeneration: { strings: false, wasm: true } },
  );
  return {
    instantiate: new Script(script, { filename: 'component.js' }).runInContext(context) as Instantiate,
    Error: new Script('Error').runInContext(context) as ErrorConstructor,
  };
}

/** Output of a parked worker never appears (Node issue 40548); what a guest says goes through `astrid:sys` log. */
const silentConsole = { error: () => undefined, debug: () => undefined, warn: () => undefined };
