/**
 * Where resources sit inside a value. Only the branches that lead to one are described; the TypeScript
 * type of the result is `HandleShape` in `fixed-files.mjs`.
 *
 * @typedef {import('./parse.mjs').Type} Type
 * @typedef {import('./parse.mjs').Package} Package
 * @typedef {import('./resolve.mjs').Scope} Scope
 * @typedef {import('./resolve.mjs').Owned} Owned
 * @typedef {{ kind: 'own' | 'borrow', resource: string }
 *   | { kind: 'list' | 'option', of: HandleShape }
 *   | { kind: 'tuple', items: (HandleShape | null)[] }
 *   | { kind: 'record', fields: Record<string, HandleShape> }
 *   | { kind: 'variant', cases: Record<string, HandleShape> }} HandleShape
 */
import { camelCase, resourceId } from './names.mjs';
import { scopeOf } from './resolve.mjs';

/**
 * @param {Package[]} packages
 * @param {Scope} scope
 * @param {Type | null} type
 * @returns {HandleShape | null} null when there is no resource inside
 */
export function handleShape(packages, scope, type) {
  /** @param {Type | null} inner */
  const inside = (inner) => handleShape(packages, scope, inner);
  switch (type?.kind) {
    case undefined:
    case 'prim':
      return null;
    case 'own':
    case 'borrow':
      return { kind: type.kind, resource: resourceId(throughAliases(packages, scope(type.name))) };
    case 'name':
      return declaredShape(packages, scope(type.name));
    case 'list':
    case 'option': {
      const of = inside(type.of);
      return of && { kind: type.kind, of };
    }
    case 'tuple': {
      const items = type.items.map(inside);
      return items.some((item) => item !== null) ? { kind: 'tuple', items } : null;
    }
    case 'result': {
      const cases = onlyFound([
        ['ok', inside(type.ok)],
        ['err', inside(type.err)],
      ]);
      return cases && { kind: 'variant', cases };
    }
  }
}

/**
 * @param {Package[]} packages
 * @param {Owned} owned
 * @returns {HandleShape | null}
 */
function declaredShape(packages, owned) {
  const { def } = owned;
  const scope = scopeOf(packages, owned.pkg, owned.iface);
  switch (def.kind) {
    case 'resource':
      return { kind: 'own', resource: resourceId(owned) };
    case 'type':
      return handleShape(packages, scope, def.type);
    case 'record': {
      const fields = def.members.map(({ name, type }) => /** @type {const} */ ([camelCase(name), type]));
      const found = onlyFound(fields.map(([name, type]) => [name, handleShape(packages, scope, type)]));
      return found && { kind: 'record', fields: found };
    }
    case 'variant': {
      const found = onlyFound(
        def.members.map(({ name, type }) => [name, handleShape(packages, scope, type)]),
      );
      return found && { kind: 'variant', cases: found };
    }
    case 'enum':
    case 'flags':
      return null;
  }
}

/**
 * @param {Package[]} packages
 * @param {Owned} owned
 * @returns {Owned} the resource that a name stands for
 */
function throughAliases(packages, owned) {
  if (owned.def.kind === 'resource') {
    return owned;
  }
  if (owned.def.kind !== 'type' || owned.def.type.kind !== 'name') {
    throw new Error(`${owned.pkg.file}:${owned.def.line}: ${owned.def.name} is not a resource`);
  }
  const scope = scopeOf(packages, owned.pkg, owned.iface);
  return throughAliases(packages, scope(owned.def.type.name));
}

/** @param {[string, HandleShape | null][]} entries */
function onlyFound(entries) {
  /** @type {Record<string, HandleShape>} */
  const found = {};
  for (const [name, shape] of entries) {
    if (shape) {
      found[name] = shape;
    }
  }
  return Object.keys(found).length > 0 ? found : null;
}
