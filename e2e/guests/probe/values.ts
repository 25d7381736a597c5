import { encodeText } from '../../../capsules/sdk/text.ts';

/** Resources that the guest holds, by the number that a test knows them by. */
const handles = new Map<number, object>();
let newest = 0;

/** An argument from JSON: `$bytes`, `$text`, `$repeat`, `$letters` and `$handle` stand for what JSON cannot hold. */
export function fromJson(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object') return value;
  const fields = new Map(Object.entries(value));
  const bytes = fields.get('$bytes');
  if (typeof bytes === 'string') return Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
  const text = fields.get('$text');
  if (typeof text === 'string') return encodeText(text);
  const repeat = fields.get('$repeat');
  if (typeof repeat === 'string') {
    return new Uint8Array(Number(fields.get('count') ?? 0)).fill(repeat.charCodeAt(0));
  }
  const letters = fields.get('$letters');
  if (typeof letters === 'number') return 'x'.repeat(letters);
  const handle = fields.get('$handle');
  if (typeof handle === 'number') return held(handle);
  return Object.fromEntries([...fields].map(([key, item]) => [key, fromJson(item)]));
}

/** A result as JSON: bytes as `$bytes`, bigints as decimal strings, resources kept and named as `$handle`. */
export function toJson(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { $bytes: base64(value) };
  if (Array.isArray(value)) return value.map(toJson);
  if (Symbol.dispose in value) return { $handle: hold(value) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

/** Drops the resource in the host and forgets it. */
export function drop(handle: unknown): null {
  for (const [number, candidate] of handles) if (candidate === handle) handles.delete(number);
  (handle as Disposable)[Symbol.dispose]();
  return null;
}

function hold(handle: object): number {
  newest += 1;
  handles.set(newest, handle);
  return newest;
}

function held(number: number): object {
  const handle = number < 0 ? [...handles.values()].at(-1) : handles.get(number);
  if (handle === undefined) throw new Error(`there is no handle ${number}`);
  return handle;
}

function base64(bytes: Uint8Array): string {
  const step = 4096;
  let text = '';
  for (let at = 0; at < bytes.length; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(text);
}
