import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { readJsonRecord } from '../base/json-record.ts';

const manifestFile = z.object({ version: z.string() });

/** The folder of the nearest `package.json` above this file, built or not. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) {
    folder = dirname(folder);
  }
  return folder;
}

export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  const manifest = readJsonRecord('The package.json', text, manifestFile);
  return manifest.ok ? manifest.value.version : '0.0.0';
}
