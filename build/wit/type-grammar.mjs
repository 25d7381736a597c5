/**
 * How WIT spells types, parameter lists and the ids of interfaces.
 *
 * @typedef {{ kind: 'prim', name: string }
 *   | { kind: 'name', name: string, line: number }
 *   | { kind: 'own' | 'borrow', name: string, line: number }
 *   | { kind: 'list' | 'option', of: Type }
 *   | { kind: 'tuple', items: Type[] }
 *   | { kind: 'result', ok: Type | null, err: Type | null }} Type
 * @typedef {{ name: string, type: Type }} Param
 */
import { Cursor } from './cursor.mjs';
import { WitError } from './lex.mjs';

const PRIMITIVES = new Set('bool char string u8 u16 u32 u64 s8 s16 s32 s64 f32 f64'.split(' '));

/** Reads the parts of a declaration that name types. */
export class TypeGrammar extends Cursor {
  /** Name and version of the package being read; short paths belong to it. */
  packageName = '';
  version = '';

  /** @returns {Param[]} */
  params() {
    return this.list('(', ')', () => {
      const name = this.name();
      this.need(':');
      return { name, type: this.type() };
    });
  }

  /** @returns {Type} */
  type() {
    const token = this.peek();
    const { text, line } = token;
    const name = this.name();
    if (token.escaped) {
      return { kind: 'name', name, line };
    }
    if (PRIMITIVES.has(text)) {
      return { kind: 'prim', name };
    }
    switch (text) {
      case 'list':
      case 'option':
        return { kind: text, of: this.typeArguments(text, 1)[0] ?? this.refuse('expected a type') };
      case 'tuple':
        return { kind: 'tuple', items: this.typeArguments(text, 0) };
      case 'own':
      case 'borrow': {
        this.need('<');
        const of = this.name();
        this.need('>');
        return { kind: text, name: of, line };
      }
      case 'result':
        return this.resultType();
      default:
        return { kind: 'name', name, line };
    }
  }

  /** @returns {Type} */
  resultType() {
    if (!this.take('<')) {
      return { kind: 'result', ok: null, err: null };
    }
    const ok = this.take('_') ? null : this.type();
    const err = this.take(',') ? this.type() : null;
    this.need('>');
    return { kind: 'result', ok, err };
  }

  /**
   * @param {string} of the generic, for the message
   * @param {number} count how many there must be; 0 means one or more
   * @returns {Type[]}
   */
  typeArguments(of, count) {
    const { line } = this.peek();
    const found = this.list('<', '>', () => this.type());
    if (found.length === 0 || (count > 0 && found.length !== count)) {
      throw new WitError(this.file, line, `${of} with ${found.length} type arguments`);
    }
    return found;
  }

  /** An interface or world path as a full id: `poll` or `ns:pkg/poll@1.0.0`. */
  path() {
    const first = this.name();
    if (!this.take(':')) {
      return `${this.packageName}/${first}@${this.version}`;
    }
    const pkg = this.name();
    this.need('/');
    const item = this.name();
    this.need('@');
    return `${first}:${pkg}/${item}@${this.versionNumber()}`;
  }
}
