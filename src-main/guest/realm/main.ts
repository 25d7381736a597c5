import { guestFunction, type GuestExport } from '../../bridge/codec/guest-functions.ts';
import { FrameReader } from '../../bridge/codec/frame-reader.ts';
import { HOST_FRAME, RESULT_FRAME } from '../../bridge/codec/limits.ts';
import { guarded } from './guarded.ts';
import { buildImports } from './imports.ts';
import { createLocalFunctions } from './local-functions.ts';
import { GuestMemory } from './memory.ts';
import type { Outer, Realm, RealmOutcome, RealmStart } from './outer.ts';

/** The generated function: core modules by name, host imports by interface, how to make an instance. */
type Instantiate = (
  getCoreModule: (name: string) => object,
  imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  instantiateCore: (module: object, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => Readonly<Record<string, unknown>>;

/**
 * Makes an instance of the component, inside the realm in which its script runs.
 *
 * @param json a `RealmStart`
 * @throws Error, of this realm, when the component does not start
 */
export function startRealm(given: Outer, json: string): Realm {
  const outer = guarded(given);
  const start = JSON.parse(json) as RealmStart;
  const memory = new GuestMemory(start.modules);
  const local = createLocalFunctions(outer, start.capabilities);
  const imports = buildImports(start.imports, exchangeOf(outer), local);
  const instantiate = outer.evaluate() as Instantiate;
  const exports = instantiate(
    (name) => memory.tokenOf(name, outer.moduleOf(name)),
    imports,
    (token, coreImports) => memory.instantiate(token, coreImports),
  );

  const call = (name: string, frameBytes: number): RealmOutcome => {
    try {
      const codec = guestFunction(name as GuestExport);
      const args = codec.readParams(new FrameReader(taken(outer, frameBytes), HOST_FRAME));
      const value = (exports[name] as (...args: readonly unknown[]) => unknown)(...args);
      return {
        kind: 'returned',
        frame: codec.writeOutcome({ tag: 'ok', value }, RESULT_FRAME).slice(),
        memoryBytes: memory.takenBytes,
      };
    } catch (error) {
      return { kind: 'trapped', message: describe(error), memoryBytes: memory.takenBytes };
    }
  };
  return { call };
}

function exchangeOf(outer: Outer): (frame: Uint8Array<ArrayBuffer>) => Uint8Array {
  return (frame) => taken(outer, outer.exchange(frame));
}

function taken(outer: Outer, bytes: number): Uint8Array {
  const frame = new Uint8Array(bytes);
  outer.take(frame);
  return frame;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
