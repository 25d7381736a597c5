import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { temporaryFolder } from './account.ts';
import { installed } from './program.ts';
import { root } from './root.ts';

/** What a capsule is made of. */
export interface Forged {
  readonly name: string;
  /** The component as WAT or in binary; `probe` for the test guest that calls what it is told. */
  readonly component: string | Uint8Array;
  /** Lines of `[capabilities]`. */
  readonly capabilities?: readonly string[];
  /** Whatever else the manifest has, at its end. */
  readonly more?: string;
}

/** Writes a capsule's folder where the program under test can read it. */
export async function forge({ name, component, capabilities = [], more = '' }: Forged): Promise<string> {
  const folder = join(temporaryFolder(installed?.account ?? null), name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'c.wasm'), await bytesOf(component));
  writeFileSync(
    join(folder, 'Capsule.toml'),
    `[package]\nname = "${name}"\nversion = "1.0.0"\n\n[[component]]\nfile = "c.wasm"\n\n` +
      `[capabilities]\n${capabilities.join('\n')}\n${more}`,
  );
  return folder;
}

export async function bytesOf(component: string | Uint8Array): Promise<Uint8Array> {
  if (component === 'probe') {
    return readFileSync(join(root, 'e2e', 'guests', 'probe', 'build', 'probe.wasm'));
  }
  return typeof component === 'string' ? parse(component) : component;
}
