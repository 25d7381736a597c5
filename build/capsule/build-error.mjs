/**
 * What went wrong while building or packing a capsule, in the shape of the application's own typed
 * errors: `code` for programs, `message` says what happened, `hint` what to do next.
 *
 * @typedef {'manifest-missing' | 'manifest-invalid' | 'source-missing' | 'source-invalid'
 *   | 'export-missing' | 'wit-missing' | 'componentize-failed' | 'component-missing' | 'file-missing'
 *   | 'file-outside'} BuildErrorCode
 */
export class BuildError extends Error {
  /**
   * @param {BuildErrorCode} code
   * @param {string} message
   * @param {string} hint
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, hint, options) {
    super(message, options);
    this.name = 'BuildError';
    /** @type {BuildErrorCode} */
    this.code = code;
    /** @type {string} */
    this.hint = hint;
  }
}

/**
 * The text of whatever was thrown.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
