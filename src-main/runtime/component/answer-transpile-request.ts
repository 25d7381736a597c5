import { HEAD_SIZE_BYTES, transpileMessage, type TranspileRequestHead } from './transpile-message.ts';
import { transpile } from './transpile.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The transpiler's end: what becomes of the component in a request, as the message that answers it. */
export async function answerTranspileRequest(request: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const jsonBytes = new DataView(request.buffer, request.byteOffset, request.byteLength).getUint32(0, true);
    const end = HEAD_SIZE_BYTES + jsonBytes;
    const { imports } = JSON.parse(
      decoder.decode(request.subarray(HEAD_SIZE_BYTES, end)),
    ) as TranspileRequestHead;
    const result = await transpile(request.slice(end), imports);
    const script = encoder.encode(result.script);
    const modules = [...result.modules];
    const head = {
      ok: true as const,
      imports: [...result.imports],
      exports: [...result.exports],
      scriptBytes: script.byteLength,
      modules: modules.map(([name, { byteLength }]) => ({ name, bytes: byteLength })),
    };
    return transpileMessage(head, script, ...modules.map(([, bytes]) => bytes));
  } catch (error) {
    return transpileMessage({ ok: false, message: error instanceof Error ? error.message : String(error) });
  }
}
