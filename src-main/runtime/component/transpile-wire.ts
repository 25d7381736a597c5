import * as z from 'zod/mini';
import { FrameError } from '../../bridge/codec/frame-error.ts';
import { MAX_SCRIPT_BYTES } from '../limits.ts';
import { HEAD_SIZE_BYTES, type TranspileReplyHead } from './transpile-message.ts';
import type { TranspiledComponent } from './transpile.ts';

/** Names become files of the cache. */
const moduleName = z.string().check(z.regex(/^[\w-][\w-]{0,63}(?:\.[\w-]{1,63}){0,3}\.wasm$/));
const size = z.int().check(z.nonnegative());

const replyHead = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    imports: z.array(z.string()),
    exports: z.array(z.string()),
    scriptBytes: size,
    modules: z.array(z.object({ name: moduleName, bytes: size })),
  }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

/**
 * What a transpiler's process answered, which a component may have taken over: sizes must add up, names be plain, and the
 * imports be those that the component has.
 *
 * @throws FrameError
 */
export function readTranspileReply(
  message: Buffer,
  imports: readonly string[],
):
  | { readonly ok: true; readonly result: TranspiledComponent }
  | { readonly ok: false; readonly message: string } {
  const { head, rest } = headOf(message);
  if (!head.ok) {
    return head;
  }
  const names = head.modules.map(({ name }) => name);
  const total = head.modules.reduce((sum, { bytes }) => sum + bytes, head.scriptBytes);
  if (head.scriptBytes > MAX_SCRIPT_BYTES || total !== rest.byteLength) {
    throw new FrameError('its parts have other sizes than it says');
  }
  if (new Set(names).size < names.length || !head.imports.every((name) => imports.includes(name))) {
    throw new FrameError('it names what the component has not');
  }
  let at = head.scriptBytes;
  const modules = head.modules.map(({ name, bytes }) => {
    const module = new Uint8Array(rest.subarray(at, at + bytes));
    at += bytes;
    return [name, module] as const;
  });
  const script = rest.toString('utf8', 0, head.scriptBytes);
  const { exports } = head;
  return { ok: true, result: { script, modules: new Map(modules), imports: head.imports, exports } };
}

function headOf(message: Buffer): { readonly head: TranspileReplyHead; readonly rest: Buffer } {
  try {
    const end = HEAD_SIZE_BYTES + message.readUInt32LE(0);
    const head = replyHead.parse(JSON.parse(message.toString('utf8', HEAD_SIZE_BYTES, end)));
    return { head, rest: message.subarray(end) };
  } catch (cause) {
    throw new FrameError('it has no readable head', { cause });
  }
}
