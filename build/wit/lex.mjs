/**
 * Splits WIT text into tokens. Doc comments (`///`, block form) stay attached to the token after them.
 *
 * @typedef {object} Token
 * @property {'id' | 'version' | 'punct' | 'end'} kind
 * @property {string} text the name without a leading `%`, the version, or the punctuation
 * @property {boolean} escaped whether a `%` stood in front, so that the word is a name and no keyword
 * @property {number} line 1-based
 * @property {string[]} docs lines of the doc comment right before the token, without markers
 */

const IDENT = /%?[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*/y;
const VERSION = /\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?/y;
const PUNCT = /->|[{}()<>:;,.=@/_*]/y;

/** Malformed WIT. The message starts with `file:line:`. */
export class WitError extends Error {
  /**
   * @param {string} file
   * @param {number} line
   * @param {string} what
   * @param {ErrorOptions} [options]
   */
  constructor(file, line, what, options) {
    super(`${file}:${line}: ${what}`, options);
    this.name = 'WitError';
  }
}

/**
 * @param {string} text
 * @param {string} file name used in errors
 * @returns {Token[]} always ends with one `end` token
 * @throws {WitError}
 */
export function lex(text, file) {
  /** @type {Token[]} */
  const tokens = [];
  /** @type {string[]} */
  let docs = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '\n') {
      line += 1;
    }
    if (char === undefined || /\s/.test(char)) {
      at += 1;
      continue;
    }
    if (text.startsWith('//', at)) {
      const end = endOfLine(text, at);
      if (text.startsWith('///', at)) {
        docs.push(
          text
            .slice(at + 3, end)
            .replace(/^ /, '')
            .trimEnd(),
        );
      }
      at = end;
      continue;
    }
    if (text.startsWith('/*', at)) {
      const end = endOfBlock(text, at);
      if (end < 0) {
        throw new WitError(file, line, 'this comment is never closed');
      }
      const comment = text.slice(at, end);
      if (comment.startsWith('/**') && comment.length > 4) {
        docs.push(...blockDocs(comment));
      }
      line += comment.split('\n').length - 1;
      at = end;
      continue;
    }
    const token = match(text, at);
    if (!token) {
      throw new WitError(file, line, `unexpected character ${JSON.stringify(char)}`);
    }
    const escaped = token.kind === 'id' && token.text.startsWith('%');
    tokens.push({ kind: token.kind, text: escaped ? token.text.slice(1) : token.text, escaped, line, docs });
    docs = [];
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: 'end of file', escaped: false, line, docs });
  return tokens;
}

/**
 * @param {string} text
 * @param {number} at
 */
function endOfLine(text, at) {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/**
 * Position after a block comment, which may nest; -1 when it is not closed.
 *
 * @param {string} text
 * @param {number} start
 */
function endOfBlock(text, start) {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text.startsWith('/*', at)) {
      depth += 1;
    } else if (text.startsWith('*/', at)) {
      depth -= 1;
    } else {
      continue;
    }
    at += 1;
    if (depth === 0) {
      return at + 1;
    }
  }
  return -1;
}

/** @param {string} comment */
function blockDocs(comment) {
  const lines = comment.slice(3, -2).split('\n');
  return lines.map((each) => each.replace(/^\s*\*? ?/, '').trimEnd()).filter((each) => each !== '');
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {{ kind: 'id' | 'version' | 'punct', text: string } | undefined}
 */
function match(text, at) {
  for (const [kind, pattern] of /** @type {const} */ ([
    ['id', IDENT],
    ['version', VERSION],
    ['punct', PUNCT],
  ])) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) {
      return { kind, text: found[0] };
    }
  }
  return undefined;
}
