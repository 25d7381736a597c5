import { TypedError } from '../base/typed-error.ts';

/** What can be wrong with the text of a `Capsule.toml`. */
export type ManifestErrorCode =
  | 'manifest-too-large'
  | 'manifest-not-utf8'
  | 'manifest-syntax'
  | 'manifest-missing-key'
  | 'manifest-wrong-type'
  | 'manifest-bad-name'
  | 'manifest-bad-version'
  | 'manifest-incompatible'
  | 'manifest-bad-topic'
  | 'manifest-priority-without-handler'
  | 'manifest-two-pins'
  | 'manifest-bad-contract'
  | 'manifest-uplink-with-imports'
  | 'manifest-bad-path'
  | 'manifest-bad-command';

/** What can be wrong with the container: a file that should be a `.capsule`, or a folder. */
export type SourceErrorCode =
  | 'source-missing'
  | 'source-not-a-file'
  | 'source-unreadable'
  | 'source-manifest-missing'
  | 'source-component-undeclared'
  | 'source-component-missing'
  | 'source-bad-path'
  | 'source-duplicate'
  | 'source-link'
  | 'source-special-file'
  | 'source-too-many-entries'
  | 'source-file-too-large'
  | 'source-too-large'
  | 'source-staging'
  | 'archive-too-large'
  | 'archive-bomb'
  | 'archive-not-gzip'
  | 'archive-truncated'
  | 'archive-corrupt'
  | 'archive-unsupported'
  | 'archive-trailing-data';

/** What can be wrong with the component's bytes, seen without compiling them. */
export type ComponentErrorCode =
  | 'component-not-wasm'
  | 'component-truncated'
  | 'component-core-module'
  | 'component-malformed'
  | 'component-too-large'
  | 'component-bad-name'
  | 'component-unsupported'
  | 'component-unknown-import'
  | 'component-wrong-type'
  | 'component-no-export'
  | 'component-hash-mismatch';

/** What can be wrong with the installed capsules on disk. */
export type LibraryErrorCode =
  'capsule-not-found' | 'store-damaged' | 'inspection-gone' | 'inspection-outdated';

export type CapsuleErrorCode = ManifestErrorCode | SourceErrorCode | ComponentErrorCode | LibraryErrorCode;

export function capsuleError(
  code: CapsuleErrorCode,
  message: string,
  hint: string,
  cause?: unknown,
): TypedError<CapsuleErrorCode> {
  return new TypedError(code, message, hint, cause === undefined ? undefined : { cause });
}
