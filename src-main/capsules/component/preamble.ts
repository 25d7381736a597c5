import { capsuleError } from '../errors.ts';
import type { ComponentReader } from './reader.ts';

const PREAMBLE_BYTES = 8;

/**
 * Where the sections of a component begin.
 *
 * @throws TypedError `component-not-wasm`, `component-core-module`, `component-truncated` or `component-malformed`
 */
export function requireComponent(bytes: Uint8Array): number {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (!magic.every((byte, index) => bytes[index] === byte || index >= bytes.length) || bytes.length === 0) {
    throw capsuleError(
      'component-not-wasm',
      bytes.length === 0 ? 'The component is an empty file.' : 'The component is not a WebAssembly file.',
      'Set "file" in [[component]] to the .wasm file that the build produces.',
    );
  }
  if (bytes.length < 8) {
    throw truncated(`it has only ${bytes.length} bytes`);
  }
  const version = (bytes[4] ?? 0) + 256 * (bytes[5] ?? 0);
  const layer = (bytes[6] ?? 0) + 256 * (bytes[7] ?? 0);
  if (layer === 0) {
    throw capsuleError(
      'component-core-module',
      'The file is a core WebAssembly module, not a component.',
      'Build for a component target, or convert it with "wasm-tools component new".',
    );
  }
  if (layer !== 1 || version !== 0x0d) {
    throw capsuleError(
      'component-malformed',
      `Unsupported component binary version ${version}, layer ${layer}; supported: version 13, layer 1.`,
      'Rebuild it with a current toolchain.',
    );
  }
  return PREAMBLE_BYTES;
}

/** Walks the preamble of a component inside another; it is the same. */
export function skipPreamble(reader: ComponentReader): void {
  reader.skip(PREAMBLE_BYTES);
}

/** Throws TypedError `component-truncated` for a section that is longer than what is left. */
export function sectionLength(reader: ComponentReader): number {
  // A length that breaks off is a file that breaks off; a wrong number is damage.
  if (reader.done) {
    throw truncated('a section has no length');
  }
  const length = reader.u32();
  if (length > reader.remaining) {
    throw truncated(`a section of ${length} bytes has only ${reader.remaining} left`);
  }
  return length;
}

function truncated(what: string): Error {
  return capsuleError(
    'component-truncated',
    `The component is truncated: ${what}.`,
    'Rebuild it or copy it again.',
  );
}
