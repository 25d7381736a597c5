import { isTypedError, type TypedError } from '../../base/typed-error.ts';
import { parseManifest, type Manifest } from './manifest.ts';

/** The least that a manifest may be. */
export const HEAD = '[package]\nname = "demo"\nversion = "1.0.0"\n';

export function parse(text: string): Manifest {
  return parseManifest(new TextEncoder().encode(text));
}

/** The manifest that says this below its `[package]`. */
export function parseMore(text: string): Manifest {
  return parse(HEAD + text);
}

/** Why the manifest is refused. */
export function failure(bytes: Uint8Array | string): TypedError {
  try {
    parseManifest(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  } catch (error) {
    if (isTypedError(error)) {
      return error;
    }
    throw error;
  }
  throw new Error('the manifest was accepted');
}

/** Code and message of the refusal of a manifest that says this below its `[package]`. */
export function refusalOf(text: string): string {
  const { code, message } = failure(HEAD + text);
  return `${code}: ${message}`;
}
