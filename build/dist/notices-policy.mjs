import satisfies from 'spdx-satisfies';

/** Licences under which we may pass a program on, with nothing more than the notices that we write. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  // An exception gives more rights than the licence that it follows.
  'Apache-2.0 WITH LLVM-exception',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unicode-3.0',
  'Unlicense',
];

/**
 * Fails with the names of everything that has no licence text, or is under a licence nobody has thought about
 * yet: nobody notices a missing notice later.
 *
 * @param {Pick<import('./notices-packages.mjs').Shipped, 'name' | 'version' | 'licence' | 'texts'>[]} shipped
 */
export function assertLicences(shipped) {
  const refused = shipped.filter((one) => !isAllowed(one.licence));
  if (refused.length > 0) {
    const names = refused.map((one) => `${one.name} ${one.version ?? ''} (${one.licence || 'none'})`);
    throw new Error(
      `Not under an allowed licence: ${names.join(', ')}. Read it, then add it to build/dist/notices-policy.mjs or drop the package.`,
    );
  }
  const silent = shipped.filter((one) => one.texts.length === 0);
  if (silent.length > 0) {
    const names = silent.map((one) => `${one.name} ${one.version ?? ''}`);
    throw new Error(
      `No licence text in ${names.join(', ')}. Find it and add it to build/dist/notices-known.mjs.`,
    );
  }
}

/**
 * Of alternatives (OR) one must be allowed, of what applies together (AND) everything. What is no SPDX
 * expression is not allowed.
 *
 * @param {string} expression https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 */
export function isAllowed(expression) {
  try {
    return satisfies(expression, ALLOWED);
  } catch {
    return false;
  }
}
