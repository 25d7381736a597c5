/** Licences under which we may pass a program on, with nothing more than the notices that we write. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unicode-3.0',
  'Unlicense',
]);

/** Exceptions give more rights than the licence that they follow. */
const ALLOWED_EXCEPTIONS = new Set(['LLVM-exception']);

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
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  /** @returns {boolean} */
  const either = () => {
    let allowed = together();
    while (tokens[0] === 'OR') {
      tokens.shift();
      allowed = together() || allowed;
    }
    return allowed;
  };
  const together = () => {
    let allowed = one();
    while (tokens[0] === 'AND') {
      tokens.shift();
      allowed = one() && allowed;
    }
    return allowed;
  };
  const one = () => {
    const token = tokens.shift() ?? '';
    if (token === '(') {
      const allowed = either();
      return tokens.shift() === ')' && allowed;
    }
    if (tokens[0] === 'WITH') {
      tokens.shift();
      const exception = tokens.shift() ?? '';
      return ALLOWED.has(token) && ALLOWED_EXCEPTIONS.has(exception);
    }
    return ALLOWED.has(token);
  };
  return either() && tokens.length === 0;
}
