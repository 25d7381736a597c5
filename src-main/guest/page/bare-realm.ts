/** What the language itself has, with WebAssembly's interface and the encoders that jco's script needs. */
const LANGUAGE: ReadonlySet<string> = new Set([
  ...[
    'globalThis',
    'undefined',
    'NaN',
    'Infinity',
    'Object',
    'Function',
    'Boolean',
    'Symbol',
    'Number',
    'BigInt',
  ],
  ...['Math', 'Date', 'String', 'RegExp', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Iterator'],
  ...[
    'Error',
    'AggregateError',
    'EvalError',
    'RangeError',
    'ReferenceError',
    'SyntaxError',
    'TypeError',
    'URIError',
  ],
  ...[
    'ArrayBuffer',
    'SharedArrayBuffer',
    'Atomics',
    'DataView',
    'Int8Array',
    'Uint8Array',
    'Uint8ClampedArray',
  ],
  ...['Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array'],
  ...['Float32Array', 'Float64Array', 'JSON', 'Intl', 'Promise', 'Proxy', 'Reflect', 'FinalizationRegistry'],
  ...['parseFloat', 'parseInt', 'isFinite', 'isNaN', 'escape', 'unescape', 'eval'],
  ...['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'WebAssembly'],
  ...['TextDecoder', 'TextEncoder'],
]);

/**
 * Takes everything out of this worker's realm that leads out of it: no requests, no storage, no timers, no messages. What the
 * caller still needs, it must hold already.
 *
 * @throws Error that names what cannot be taken out
 */
export function bareRealm(): void {
  const left: string[] = [];
  for (
    let holder: object | null = globalThis;
    holder !== null && holder !== Object.prototype;
    holder = Reflect.getPrototypeOf(holder)
  ) {
    for (const key of Reflect.ownKeys(holder)) {
      const stays = holder === globalThis && typeof key === 'string' && LANGUAGE.has(key);
      if (!stays && !Reflect.deleteProperty(holder, key) && leadsOn(holder, key)) {
        left.push(String(key));
      }
    }
  }
  if (left.length > 0) {
    throw new Error(`its realm cannot be emptied: ${left.join(', ')}`);
  }
}

/** A constant is a number or a text: Chromium has two that cannot be taken out. */
function leadsOn(holder: object, key: PropertyKey): boolean {
  const value: unknown = Reflect.getOwnPropertyDescriptor(holder, key)?.value;
  return typeof value !== 'number' && typeof value !== 'string';
}
