import { parentPort, workerData } from 'node:worker_threads';
import { createGuestEnd } from '../bridge/guest-end.ts';
import { evaluateComponent } from './evaluate.ts';
import { buildImports } from './imports.ts';
import { createLocalFunctions } from './local-functions.ts';
import type { GuestCall, GuestMessage, GuestStart } from './protocol.ts';

/** The entry of a guest's worker: builds the imports, loads the component, serves calls until it is ended. */
function main(): void {
  if (parentPort === null) {
    throw new Error('This file is the entry of a worker thread.');
  }
  const port = parentPort;
  const send = (message: GuestMessage): void => port.postMessage(message);
  const start = workerData as GuestStart;
  const memories: WebAssembly.Memory[] = [];

  const load = (): Readonly<Record<string, unknown>> | undefined => {
    try {
      const exports = instantiate(start, memories);
      send({ kind: 'started' });
      return exports;
    } catch (error) {
      send({ kind: 'refused', message: `The component did not start: ${describe(error)}` });
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
      send({ kind: 'returned', id: call.id, value, memoryBytes: bytesOf(memories) });
    } catch (error) {
      send({ kind: 'trapped', id: call.id, message: describe(error), memoryBytes: bytesOf(memories) });
    }
  });
}

function instantiate(start: GuestStart, memories: WebAssembly.Memory[]): Readonly<Record<string, unknown>> {
  const ask = createGuestEnd(start.questions, start.shared);
  const component = evaluateComponent(start.script);
  const imports = buildImports(start.imports, ask, createLocalFunctions(start), component.Error);
  const getModule = (name: string): WebAssembly.Module => {
    const module = start.modules.get(name);
    if (module === undefined) {
      throw new Error(`its core module ${name} is missing`);
    }
    return module;
  };
  return component.instantiate(getModule, imports, (module, coreImports) => {
    const instance = new WebAssembly.Instance(module, coreImports);
    for (const value of Object.values(instance.exports)) {
      if (value instanceof WebAssembly.Memory) {
        memories.push(value);
      }
    }
    return instance;
  });
}

/** The largest memory: each is capped for itself. */
function bytesOf(memories: readonly WebAssembly.Memory[]): number {
  return memories.reduce((most, memory) => Math.max(most, memory.buffer.byteLength), 0);
}

/** Errors come from the component's own context, so they are told by their shape. */
function describe(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error && 'name' in error) {
    return `${String(error.name)}: ${String(error.message)}`;
  }
  return String(error);
}

main();
