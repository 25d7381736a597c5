import type { GuestModule, GuestStart } from './protocol.ts';
import { START, wireMessage, type WireStart } from './wire.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The number of bytes of the first part stands before it (u32, little-endian). */
const HEAD_SIZE_BYTES = 4;

/** A start as one message, its modules as bytes: the first part as JSON, then the script and each module. */
export function startMessage(start: GuestStart): Uint8Array<ArrayBuffer> {
  const script = encoder.encode(start.script);
  const parts = [...start.modules].map(([name, { code, instances, memoryBytes }]) => {
    if (!(code instanceof Uint8Array)) {
      throw new Error('A process of its own takes a module as bytes.');
    }
    return { head: { name, instances, memoryBytes, bytes: code.byteLength }, code };
  });
  const head: WireStart = {
    imports: start.imports,
    capabilities: start.capabilities,
    monotonicAnchorNs: String(start.monotonicAnchorNs),
    scriptBytes: script.byteLength,
    modules: parts.map((part) => part.head),
  };
  const json = encoder.encode(JSON.stringify(head));
  const size = new Uint8Array(HEAD_SIZE_BYTES);
  new DataView(size.buffer).setUint32(0, json.byteLength, true);
  return wireMessage(START, size, json, script, ...parts.map(({ code }) => code));
}

/** What the body of such a message says. */
export function readStart(body: Uint8Array): GuestStart {
  const jsonBytes = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(0, true);
  const jsonEnd = HEAD_SIZE_BYTES + jsonBytes;
  const head = JSON.parse(decoder.decode(body.subarray(HEAD_SIZE_BYTES, jsonEnd))) as WireStart;
  let at = jsonEnd + head.scriptBytes;
  const script = decoder.decode(body.subarray(jsonEnd, at));
  const modules = head.modules.map(({ name, bytes, ...plan }): readonly [string, GuestModule] => {
    const code = new Uint8Array(body.subarray(at, at + bytes));
    at += bytes;
    return [name, { ...plan, code }];
  });
  return {
    script,
    modules: new Map(modules),
    imports: head.imports,
    capabilities: head.capabilities,
    monotonicAnchorNs: BigInt(head.monotonicAnchorNs),
  };
}
