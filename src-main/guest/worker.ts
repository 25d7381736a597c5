import { parentPort, workerData } from 'node:worker_threads';
import { createGuestEnd } from '../bridge/guest-end.ts';
import { evaluateComponent } from './evaluate.ts';
import { buildImports } from './imports.ts';
import { createLocalFunctions } from './local-functions.ts';
import { GuestMemory } from './memory.ts';
import type { GuestCall, GuestMessage, GuestStart } from './protocol.ts';

/** The entry of a guest's worker: builds the imports, loads the component, serves calls until it is ended. */
function main(): void {
  if (parentPort === null) {
    throw new Error('This file must run as a worker thread.');
  }
  const port = parentPort;
  const send = (message: GuestMessage): void => port.postMessage(message);
  const start = workerData as GuestStart;
  const memory = new GuestMemory([...start.modules.values()]);

  const load = (): Readonly<Record<string, unknown>> | undefined => {
    try {
      const exports = instantiate(start, memory);
      send({ kind: 'started' });
      return exports;
    } catch (error) {
      send({ kind: 'refused', message: `The component failed to start: ${describe(error)}` });
      return undefined;
    }
  };

  const exports = load();
  if (exports === undefined) {
    return;
  }
  port.on('message', (call: GuestCall) => {
    try {
      const value = (exports[call.export] as (...args: readonly unknown[]) => unknown)(...call.args);
      send({ kind: 'returned', id: call.id, value, memoryBytes: memory.takenBytes });
    } catch (error) {
      send({ kind: 'trapped', id: call.id, message: describe(error), memoryBytes: memory.takenBytes });
    }
  });
}

function instantiate(start: GuestStart, memory: GuestMemory): Readonly<Record<string, unknown>> {
  const ask = createGuestEnd(start.questions, start.shared);
  const component = evaluateComponent(start.script);
  const imports = buildImports(start.imports, ask, createLocalFunctions(start), component.Error);
  const getModule = (name: string): WebAssembly.Module => {
    const found = start.modules.get(name);
    if (found === undefined) {
      throw new Error(`its core module ${name} is missing`);
    }
    return found.module;
  };
  return component.instantiate(getModule, imports, (module, coreImports) =>
    memory.instantiate(module, coreImports),
  );
}

/** Errors come from the component's own context, so they are told by their shape. */
function describe(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error && 'name' in error) {
    return `${String(error.name)}: ${String(error.message)}`;
  }
  return String(error);
}

main();
