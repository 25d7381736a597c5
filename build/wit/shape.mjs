/**
 * The shape of a package as text, and its digest. Comments, layout, file order and the order of
 * declarations do not count; the order inside records, variants, enums, flags and parameter lists does,
 * because it is part of the binary interface.
 *
 * @typedef {import('./parse.mjs').Type} Type
 */
import { createHash } from 'node:crypto';

/**
 * @param {import('./parse.mjs').Package} pkg
 * @returns {string} sha256 of the canonical text, hex
 */
export function shapeDigest(pkg) {
  return createHash('sha256').update(shapeText(pkg)).digest('hex');
}

/**
 * One declaration per line, sorted.
 *
 * @param {import('./parse.mjs').Package} pkg
 */
export function shapeText(pkg) {
  const lines = [];
  for (const iface of pkg.interfaces) {
    const at = `interface ${iface.name}`;
    lines.push(at, ...declarations(iface).map((line) => `${at}: ${line}`));
    lines.push(...iface.functions.map((func) => `${at}: ${functionText(func)}`));
  }
  for (const world of pkg.worlds) {
    const at = `world ${world.name}`;
    lines.push(at, ...declarations(world).map((line) => `${at}: ${line}`));
    lines.push(...world.includes.map((id) => `${at}: include ${id}`));
    lines.push(...world.imports.map((item) => `${at}: import ${worldItemText(item)}`));
    lines.push(...world.exports.map((item) => `${at}: export ${worldItemText(item)}`));
  }
  return [`package ${pkg.id}`, ...lines.toSorted()].join('\n');
}

/**
 * A type in WIT spelling without spaces that do not count.
 *
 * @param {Type | null} type
 * @returns {string}
 */
export function typeText(type) {
  if (type === null) {
    return '_';
  }
  switch (type.kind) {
    case 'prim':
    case 'name':
      return type.name;
    case 'own':
    case 'borrow':
      return `${type.kind}<${type.name}>`;
    case 'list':
    case 'option':
      return `${type.kind}<${typeText(type.of)}>`;
    case 'tuple':
      return `tuple<${type.items.map(typeText).join(', ')}>`;
    case 'result':
      return `result<${typeText(type.ok)}, ${typeText(type.err)}>`;
  }
}

/** @param {Pick<import('./parse.mjs').Interface, 'uses' | 'types'>} body */
function declarations({ uses, types }) {
  return [
    ...uses.map(({ from, name, as }) => `use ${from}.{${name} as ${as}}`),
    ...types.flatMap((def) => {
      const at = `${def.kind} ${def.name}`;
      if (def.kind === 'type') {
        return [`${at} = ${typeText(def.type)}`];
      }
      if (def.kind === 'resource') {
        return [at, ...def.methods.map((func) => `${at}: ${functionText(func)}`)];
      }
      const members = def.members.map(({ name, type }) => (type ? `${name}: ${typeText(type)}` : name));
      return [`${at} { ${members.join(', ')} }`];
    }),
  ];
}

/** @param {import('./parse.mjs').WorldItem} item */
function worldItemText(item) {
  return item.kind === 'function' ? functionText(item.func) : item.id;
}

/** @param {import('./parse.mjs').Func} func */
function functionText({ kind, name, params, result }) {
  const list = params.map((param) => `${param.name}: ${typeText(param.type)}`).join(', ');
  return `${kind} ${name}(${list})${result ? ` -> ${typeText(result)}` : ''}`;
}
