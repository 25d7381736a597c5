import { randomFillSync } from 'node:crypto';
import { createContext, Script } from 'node:vm';
import { script as mainScript } from 'realm:main';
import { script as textScript } from 'realm:text';
import type { Exchange } from '../bridge/protocol.ts';
import { importsDynamically } from './dynamic-import.ts';
import { nativeText } from './native-text.ts';
import type { GuestStart } from './protocol.ts';
import type * as MainPart from './realm/main.ts';
import type { Outer } from './realm/outer.ts';
import type * as TextPart from './realm/text.ts';
import { moduleOf, realmStart, type Guest } from './serve-wire.ts';

/**
 * A lookup of a global name goes through a native function of `vm`, every time, 0.1 µs each: a fifth of the time of a call.
 * Constants of the script scope are found before it, and the component's script cannot replace them.
 */
const NAMES = `Object.getOwnPropertyNames(this).filter((name) => !['undefined', 'NaN', 'Infinity', 'eval'].includes(name))`;

/**
 * Makes the component's instance in a fresh realm that has the language, WebAssembly and text encoders, and nothing of
 * Node: no `process`, no `require`, no timers, no code from strings. Nothing that is made out here is reachable there.
 *
 * @throws an Error of that realm when the component does not start
 */
export function createRealm(start: GuestStart, exchange: Exchange): Guest {
  const context = createContext({}, { codeGeneration: { strings: false, wasm: true } });
  const run = (text: string, filename: string): unknown =>
    new Script(text, { filename }).runInContext(context);
  // Before the component's script: it can change whatever can be reached by a name.
  const modulePrototype = run('WebAssembly.Module.prototype', 'module.js') as WebAssembly.Module;
  /** What `take` gives. */
  let waiting: Uint8Array = new Uint8Array();
  const outer: Outer = {
    exchange(frame) {
      waiting = exchange(new Uint8Array(frame));
      return waiting.byteLength;
    },
    // Not `into.set`, which is the component's to replace: it would be handed an array of this realm.
    take: (into) => Uint8Array.prototype.set.call(into, waiting),
    evaluate() {
      if (importsDynamically(start.script)) {
        throw new Error('its script loads modules');
      }
      return run(start.script, 'component.js');
    },
    moduleOf(name) {
      const module = moduleOf(start, name);
      return module === null ? null : Object.setPrototypeOf(module, modulePrototype);
    },
    monotonicNs: () => process.hrtime.bigint() - start.monotonicAnchorNs,
    random: (into) => void randomFillSync(into),
    ...nativeText,
  };
  const { defineTextCodecs } = run(textScript, 'text.js') as typeof TextPart;
  defineTextCodecs(outer);
  const names = run(NAMES, 'names.js') as readonly string[];
  run(`const { ${names.join(', ')} } = this;`, 'globals.js');
  const { startRealm } = run(mainScript, 'realm.js') as typeof MainPart;
  const realm = startRealm(outer, JSON.stringify(realmStart(start)));
  return {
    call(name, frame) {
      waiting = frame;
      const outcome = realm.call(name, frame.byteLength);
      // An array of this realm: whoever sends it calls its methods.
      return outcome.kind === 'returned' ? { ...outcome, frame: new Uint8Array(outcome.frame) } : outcome;
    },
  };
}
