import { capsuleError } from '../errors.ts';

export function truncatedArchive(cause?: unknown): Error {
  return capsuleError('archive-truncated', 'The archive is truncated.', 'Download or copy it again.', cause);
}

export function trailingData(): Error {
  return capsuleError(
    'archive-trailing-data',
    'The archive has data after its end.',
    'Pack the capsule again. Nothing may be appended to a .capsule file.',
  );
}

export function corruptArchive(what: string, cause?: unknown): Error {
  return capsuleError(
    'archive-corrupt',
    `The archive is damaged: ${what}.`,
    'Download it again, or pack the capsule again.',
    cause,
  );
}

/** For an archive that is whole and uses what this reader does not do. */
export function unsupportedArchive(what: string, hint: string): Error {
  return capsuleError('archive-unsupported', `The archive cannot be read here: ${what}.`, hint);
}

export function sparseFile(name: string): Error {
  return unsupportedArchive(
    `${name} is stored as a sparse file`,
    'Pack it again without that, with tar without --sparse (-S), or with "capsule pack".',
  );
}
