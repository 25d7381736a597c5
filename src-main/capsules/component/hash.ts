import { createHash } from 'node:crypto';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { capsuleError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';

/** BLAKE3 of a component, 64 lower-case hex digits: the name under which it is stored, transpiled and audited. */
export function hashComponent(component: Uint8Array): string {
  return bytesToHex(blake3(component));
}

/** @throws TypedError `component-hash-mismatch` when the manifest declares another hash than the component has. */
export function requireDeclaredHash(manifest: Manifest, hash: string): void {
  const declared = manifest.component?.hash ?? null;
  if (declared !== null && declared !== hash) {
    throw capsuleError(
      'component-hash-mismatch',
      `The component's hash is ${hash.slice(0, 16)}…, but the manifest of ${manifest.id} declares ${declared.slice(0, 16)}….`,
      'Download the capsule again. If you built it, correct "hash" in [[component]].',
    );
  }
}

/** The namespace of source uuids, the same as the reference runtime's. */
const SOURCE_NAMESPACE = '310714d5-9c6d-4c94-8187-75258f393bb6';

/** The uuid by which guests know a capsule: version 5 (RFC 9562) over its name, a NUL and its component's hash. */
export function sourceUuid(id: string, hash: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(SOURCE_NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(`${id}\0${hash}`)
    .digest()
    .subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
