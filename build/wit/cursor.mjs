import { lex, WitError } from './lex.mjs';

/** A place in the tokens of one file, with the small questions a grammar asks at every step. */
export class Cursor {
  /**
   * @param {string} text
   * @param {string} file
   * @throws {WitError}
   */
  constructor(text, file) {
    this.file = file;
    this.tokens = lex(text, file);
    this.at = 0;
  }

  /**
   * Items between brackets, separated by commas; a last comma is fine.
   *
   * @template T
   * @param {string} open
   * @param {string} close
   * @param {() => T} item
   * @returns {T[]}
   */
  list(open, close, item) {
    /** @type {T[]} */
    const found = [];
    this.need(open);
    while (!this.take(close)) {
      found.push(item());
      if (this.take(',')) {
        continue;
      }
      this.need(close);
      break;
    }
    return found;
  }

  versionNumber() {
    const token = this.peek();
    if (token.kind !== 'version') {
      this.refuse('expected a version such as 1.0.0');
    }
    this.at += 1;
    return token.text;
  }

  name() {
    const token = this.peek();
    if (token.kind !== 'id') {
      this.refuse('expected a name');
    }
    this.at += 1;
    return token.text;
  }

  /** @param {string} text */
  take(text) {
    if (this.peek().kind !== 'punct' || this.peek().text !== text) {
      return false;
    }
    this.at += 1;
    return true;
  }

  /** @param {string} word */
  takeWord(word) {
    const token = this.peek();
    if (token.kind !== 'id' || token.escaped || token.text !== word) {
      return false;
    }
    this.at += 1;
    return true;
  }

  /** @param {string} text a word or punctuation */
  need(text) {
    const token = this.peek();
    if (!this.take(text) && !this.takeWord(text)) {
      this.refuse(`expected ${JSON.stringify(text)}`);
    }
    return token;
  }

  peek(ahead = 0) {
    const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
    if (!token) {
      throw new Error('the token list is never empty');
    }
    return token;
  }

  /**
   * @param {string} what
   * @returns {never}
   */
  refuse(what) {
    const { text, kind, line } = this.peek();
    throw new WitError(this.file, line, `${what}, found ${kind === 'end' ? text : JSON.stringify(text)}`);
  }
}
