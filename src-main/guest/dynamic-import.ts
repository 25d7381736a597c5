/** Comments and blanks may stand between the word and its bracket; the word itself cannot be written with escapes. */
const DYNAMIC_IMPORT = /(?<![\w$])import(?:\s|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/|\/\/.*)*\(/;

/**
 * Whether a script loads modules. `import()` cannot be switched off in a context: it always gives a promise of the outer
 * realm, which leads to everything there. No code is made from strings in a component's realm, so its text is all there is.
 * Also true for a string or a comment with such words, which jco writes nowhere.
 */
export function importsDynamically(script: string): boolean {
  return DYNAMIC_IMPORT.test(script);
}
