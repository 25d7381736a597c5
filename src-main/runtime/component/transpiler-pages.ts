import { MAX_TRANSPILED_BYTES, TRANSPILER_MEMORY_BYTES } from '../limits.ts';
import { openLimited, ranOutOfMemory, type PageSource, type SandboxedPage } from '../sandboxed-page.ts';
import { createSingleUseTranspiler } from './single-use-transpiler.ts';
import { GONE, TOO_MUCH_MEMORY, unusable, type Transpiler } from './transpiler.ts';

/** What jco's generator reads beside itself when it runs. */
export const GENERATOR_FILES = [
  'js-component-bindgen-component.core.wasm',
  'js-component-bindgen-component.core2.wasm',
] as const;

/** The files of its site, as they are built. */
const FILES = {
  'worker.js': 'transpile-page-worker.js',
  ...Object.fromEntries(GENERATOR_FILES.map((file) => [file, file])),
};

/** Transpiles each component in a page of its own. */
export function createTranspilerPages(source: PageSource): Transpiler {
  return createSingleUseTranspiler<SandboxedPage>({
    start: () => openLimited(source, FILES, TRANSPILER_MEMORY_BYTES),
    ask(page, request) {
      const answer = answerOf(page);
      page.post(request);
      return answer;
    },
  });
}

/** The first message of the page, or why none came. */
async function answerOf(page: SandboxedPage): Promise<Buffer> {
  const answer = new Promise<unknown>((resolve) => page.listen(resolve));
  const data = await Promise.race([answer, page.exited]);
  if (data instanceof Uint8Array && data.byteLength <= MAX_TRANSPILED_BYTES) {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  if (page.ended) {
    throw unusable(ranOutOfMemory(await page.exited) ? TOO_MUCH_MEMORY : GONE);
  }
  throw unusable('what came out of it cannot be read: it is no message');
}
