import { join } from 'node:path';
import { build } from 'esbuild';

/** A script for plain Node in `folder`; what `code` imports is found from this folder of the source. */
export async function nodeScript(folder: string, code: string): Promise<string> {
  const outfile = join(folder, 'script.mjs');
  const stdin = { contents: code, resolveDir: import.meta.dirname, loader: 'ts' } as const;
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  return outfile;
}
