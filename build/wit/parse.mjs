/**
 * A parser for the WIT this project uses: packages, interfaces, worlds, `use`, records, variants,
 * enums, flags, type aliases, resources and functions. Whatever else WIT has is refused with a place,
 * never skipped.
 *
 * @typedef {import('./type-grammar.mjs').Type} Type
 * @typedef {import('./type-grammar.mjs').Param} Param
 * @typedef {{ name: string, docs: string[], type: Type | null }} Member field, case, flag or enum case
 * @typedef {{ name: string, docs: string[], line: number, kind: 'function' | 'method' | 'static' | 'constructor',
 *   params: Param[], result: Type | null }} Func
 * @typedef {{ name: string, docs: string[], line: number } & (
 *   | { kind: 'record' | 'variant' | 'enum' | 'flags', members: Member[] }
 *   | { kind: 'type', type: Type }
 *   | { kind: 'resource', methods: Func[] })} TypeDef
 * @typedef {{ from: string, name: string, as: string, line: number }} Use one imported name; `from` is a full
 *   interface id such as `astrid:io/poll@1.0.0`
 * @typedef {{ name: string, docs: string[], line: number, uses: Use[], types: TypeDef[], functions: Func[] }} Interface
 * @typedef {{ kind: 'interface', id: string } | ({ kind: 'function' } & { func: Func })} WorldItem
 * @typedef {{ name: string, docs: string[], line: number, uses: Use[], types: TypeDef[], includes: string[],
 *   imports: WorldItem[], exports: WorldItem[] }} World
 * @typedef {{ id: string, name: string, version: string, file: string, interfaces: Interface[],
 *   worlds: World[] }} Package `id` is `name@version`
 */
import { WitError } from './lex.mjs';
import { TypeGrammar } from './type-grammar.mjs';

/**
 * Reads one file that holds one complete package. Names are not resolved here, see `resolve.mjs`.
 *
 * @param {string} text
 * @param {string} file name used in errors
 * @returns {Package}
 * @throws {WitError} with `file:line:` at the first thing that is not understood
 */
export function parse(text, file) {
  return new Parser(text, file).package();
}

class Parser extends TypeGrammar {
  /** @returns {Package} */
  package() {
    this.need('package');
    this.packageName = `${this.name()}${this.need(':').text}${this.name()}`;
    this.need('@');
    this.version = this.versionNumber();
    this.need(';');
    /** @type {Package} */
    const found = {
      id: `${this.packageName}@${this.version}`,
      name: this.packageName,
      version: this.version,
      file: this.file,
      interfaces: [],
      worlds: [],
    };
    while (this.peek().kind !== 'end') {
      const { docs, line } = this.peek();
      if (this.takeWord('interface')) {
        found.interfaces.push(this.interface(docs, line));
      } else if (this.takeWord('world')) {
        found.worlds.push(this.world(docs, line));
      } else {
        this.refuse('expected an interface or a world');
      }
    }
    return found;
  }

  /**
   * @param {string[]} docs
   * @param {number} line
   * @returns {Interface}
   */
  interface(docs, line) {
    /** @type {Interface} */
    const found = { name: this.name(), docs, line, uses: [], types: [], functions: [] };
    this.need('{');
    while (!this.take('}')) {
      const type = this.useOrType(found.uses);
      if (type === 'use') {
        continue;
      }
      if (type) {
        found.types.push(type);
      } else {
        found.functions.push(this.namedFunction());
      }
    }
    return found;
  }

  /**
   * @param {string[]} docs
   * @param {number} line
   * @returns {World}
   */
  world(docs, line) {
    /** @type {World} */
    const found = {
      name: this.name(),
      docs,
      line,
      uses: [],
      types: [],
      includes: [],
      imports: [],
      exports: [],
    };
    this.need('{');
    while (!this.take('}')) {
      if (this.takeWord('include')) {
        found.includes.push(this.path());
        this.need(';');
      } else if (this.takeWord('import')) {
        found.imports.push(this.worldItem());
      } else if (this.takeWord('export')) {
        found.exports.push(this.worldItem());
      } else {
        const type = this.useOrType(found.uses);
        if (!type) {
          this.refuse('expected a use, include, import, export or type');
        }
        if (type !== 'use') {
          found.types.push(type);
        }
      }
    }
    return found;
  }

  /** @returns {WorldItem} */
  worldItem() {
    if (this.peek(1).text === ':' && this.peek(2).text === 'func') {
      return { kind: 'function', func: this.namedFunction() };
    }
    const id = this.path();
    this.need(';');
    return { kind: 'interface', id };
  }

  /**
   * @param {Use[]} uses where used names go
   * @returns {TypeDef | 'use' | undefined} undefined when neither begins here
   */
  useOrType(uses) {
    const { docs, line, text } = this.peek();
    if (this.peek(1).kind !== 'id') {
      return undefined;
    }
    if (this.takeWord('use')) {
      const from = this.path();
      this.need('.');
      for (const used of this.list('{', '}', () => this.usedName())) {
        uses.push({ from, ...used });
      }
      this.need(';');
      return 'use';
    }
    switch (text) {
      case 'record':
      case 'variant':
      case 'enum':
      case 'flags':
        if (!this.takeWord(text)) {
          return undefined;
        }
        return { kind: text, name: this.name(), docs, line, members: this.members(text) };
      case 'type': {
        if (!this.takeWord('type')) {
          return undefined;
        }
        const name = this.name();
        this.need('=');
        const type = this.type();
        this.need(';');
        return { kind: 'type', name, docs, line, type };
      }
      case 'resource': {
        if (!this.takeWord('resource')) {
          return undefined;
        }
        return { kind: 'resource', name: this.name(), docs, line, methods: this.methods() };
      }
      default:
        return undefined;
    }
  }

  /** @returns {{ name: string, as: string, line: number }} */
  usedName() {
    const { line } = this.peek();
    const name = this.name();
    return { name, as: this.takeWord('as') ? this.name() : name, line };
  }

  /**
   * @param {'record' | 'variant' | 'enum' | 'flags'} kind
   * @returns {Member[]}
   */
  members(kind) {
    const { line } = this.peek();
    const found = this.list('{', '}', () => {
      const { docs } = this.peek();
      const name = this.name();
      if (kind === 'record') {
        this.need(':');
        return { name, docs, type: this.type() };
      }
      if (kind !== 'variant' || !this.take('(')) {
        return { name, docs, type: null };
      }
      const type = this.type();
      this.need(')');
      return { name, docs, type };
    });
    if (found.length === 0) {
      throw new WitError(this.file, line, `this ${kind} is empty`);
    }
    return found;
  }

  /** @returns {Func[]} */
  methods() {
    /** @type {Func[]} */
    const found = [];
    if (this.take(';')) {
      return found;
    }
    this.need('{');
    while (!this.take('}')) {
      const { docs, line } = this.peek();
      if (this.peek(1).text === '(' && this.takeWord('constructor')) {
        found.push({
          name: 'constructor',
          docs,
          line,
          kind: 'constructor',
          params: this.params(),
          result: null,
        });
        this.need(';');
      } else {
        found.push(this.namedFunction('method'));
      }
    }
    return found;
  }

  /**
   * @param {'function' | 'method'} kind
   * @returns {Func}
   */
  namedFunction(kind = 'function') {
    const { docs, line } = this.peek();
    const name = this.name();
    this.need(':');
    const isStatic = kind === 'method' && this.takeWord('static');
    this.need('func');
    const params = this.params();
    const result = this.take('->') ? this.type() : null;
    this.need(';');
    return { name, docs, line, kind: isStatic ? 'static' : kind, params, result };
  }
}
