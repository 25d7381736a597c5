/**
 * Writes WIT types as the TypeScript types of the values jco passes to the host.
 *
 * @typedef {import('./parse.mjs').Type} Type
 * @typedef {import('./resolve.mjs').Scope} Scope
 * @typedef {import('./resolve.mjs').Owned} Owned
 */
import { typeName } from './names.mjs';

/** @type {Record<string, string>} */
const PRIMITIVES = {
  bool: 'boolean',
  char: 'string',
  string: 'string',
  u64: 'bigint',
  s64: 'bigint',
};

/**
 * @param {Type} type
 * @param {Scope} scope
 * @param {(owned: Owned) => void} used told about every declared type that is named
 * @returns {string}
 */
export function valueType(type, scope, used) {
  /** @param {Type} inner */
  const inside = (inner) => valueType(inner, scope, used);
  switch (type.kind) {
    case 'prim':
      return PRIMITIVES[type.name] ?? 'number';
    case 'name':
    case 'own':
    case 'borrow': {
      const owned = scope(type.name);
      used(owned);
      return typeName(owned);
    }
    case 'list': {
      if (type.of.kind === 'prim' && type.of.name === 'u8') {
        return 'Uint8Array';
      }
      const element = inside(type.of);
      return `readonly ${type.of.kind === 'option' || type.of.kind === 'result' ? `(${element})` : element}[]`;
    }
    case 'option':
      // jco wraps the inner option of two in an object; nothing here needs that, so it is not guessed at.
      if (isOption(type.of, scope)) {
        throw new Error('an option of an option has no TypeScript form here');
      }
      return `${inside(type.of)} | undefined`;
    case 'tuple':
      return `readonly [${type.items.map(inside).join(', ')}]`;
    case 'result': {
      const ok = type.ok ? `; readonly val: ${inside(type.ok)}` : '';
      const err = type.err ? `; readonly val: ${inside(type.err)}` : '';
      return `{ readonly tag: 'ok'${ok} } | { readonly tag: 'err'${err} }`;
    }
  }
}

/**
 * @param {Type} type
 * @param {Scope} scope
 * @returns {boolean} also through an alias
 */
function isOption(type, scope) {
  if (type.kind !== 'name') {
    return type.kind === 'option';
  }
  const { def } = scope(type.name);
  return def.kind === 'type' && isOption(def.type, scope);
}
