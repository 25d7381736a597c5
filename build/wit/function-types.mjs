/**
 * `function-types.ts`: the type of every function of the contract as data, for comparing components with it.
 *
 * @typedef {import('./parse.mjs').Package} Package
 * @typedef {import('./parse.mjs').Interface} Interface
 * @typedef {import('./parse.mjs').Func} Func
 * @typedef {import('./parse.mjs').Type} Type
 * @typedef {import('./resolve.mjs').Scope} Scope
 * @typedef {import('./resolve.mjs').Owned} Owned
 */
import { canonicalName, functionMapName, pascalCase, resourceId } from './names.mjs';
import { interfaceId, scopeOf } from './resolve.mjs';
import { hostSide } from './types-file.mjs';

/**
 * @param {Package[]} packages
 * @returns {string} the file's text
 */
export function functionTypesFileText(packages) {
  // Each declared type by the constant that holds it, behind those that it mentions.
  /** @type {Map<string, string>} */
  const declared = new Map();
  const interfaces = packages.flatMap((pkg) =>
    pkg.interfaces.filter(hostSide).map((iface) => {
      const rows = functionsOf(iface).map(({ func, resource }) => {
        const scope = scopeOf(packages, pkg, iface);
        return `    '${canonicalName(func, resource)}': ${functionText(packages, scope, func, resource, declared)},\n`;
      });
      return `  '${interfaceId(pkg, iface)}': {\n${rows.join('')}  },\n`;
    }),
  );
  const exported = packages.flatMap((pkg) =>
    pkg.worlds.flatMap((world) =>
      world.exports.flatMap((item) => {
        if (item.kind !== 'function') {
          return [];
        }
        const scope = scopeOf(packages, pkg, { ...world, functions: [] });
        return [`  '${item.func.name}': ${functionText(packages, scope, item.func, null, declared)},\n`];
      }),
    ),
  );
  return [
    '// Written by build/wit/generate.mjs from wit/; changes here are lost.',
    "import type { FunctionType, ValueType } from '../../base/value-type.ts';",
    '',
    ...[...declared].map(([name, text]) => `const ${name}: ValueType = ${text};`),
    '',
    '/** The type of each function that the host serves, by interface id and canonical name. */',
    'export const hostFunctionTypes: {',
    '  readonly [id: string]: { readonly [wit: string]: FunctionType };',
    '} = {',
    `${interfaces.join('')}};`,
    '',
    "/** The type of each function by which the host calls a guest, from the worlds' exports. */",
    'export const guestFunctionTypes: { readonly [wit: string]: FunctionType } = {',
    `${exported.join('')}};`,
    '',
  ].join('\n');
}

/** @param {Interface} iface */
function functionsOf(iface) {
  return [
    ...iface.functions.map((func) => ({ func, resource: null })),
    ...iface.types.flatMap((def) =>
      def.kind === 'resource' ? def.methods.map((func) => ({ func, resource: def.name })) : [],
    ),
  ];
}

/**
 * @param {Package[]} packages
 * @param {Scope} scope
 * @param {Func} func
 * @param {string | null} resource
 * @param {Map<string, string>} declared
 */
function functionText(packages, scope, func, resource, declared) {
  /** @param {Type} type */
  const text = (type) => typeText(packages, scope, type, declared);
  const self =
    func.kind === 'method' && resource !== null
      ? [`{ name: 'self', type: ${text({ kind: 'borrow', name: resource, line: func.line })} }`]
      : [];
  const params = func.params.map(({ name, type }) => `{ name: '${name}', type: ${text(type)} }`);
  /** @type {Type | null} */
  const result =
    func.kind === 'constructor' && resource !== null
      ? { kind: 'own', name: resource, line: func.line }
      : func.result;
  return `{ params: [${[...self, ...params].join(', ')}], result: ${result === null ? 'null' : text(result)} }`;
}

/**
 * @param {Package[]} packages
 * @param {Scope} scope
 * @param {Type} type
 * @param {Map<string, string>} declared
 * @returns {string} as TypeScript
 */
function typeText(packages, scope, type, declared) {
  /** @param {Type | null} inner */
  const text = (inner) => (inner === null ? 'null' : typeText(packages, scope, inner, declared));
  switch (type.kind) {
    case 'prim':
      return `'${type.name}'`;
    case 'list':
    case 'option':
      return `{ kind: '${type.kind}', of: ${text(type.of)} }`;
    case 'tuple':
      return `{ kind: 'tuple', items: [${type.items.map(text).join(', ')}] }`;
    case 'result':
      return `{ kind: 'result', ok: ${text(type.ok)}, err: ${text(type.err)} }`;
    case 'own':
    case 'borrow':
      return handleText(packages, type.kind, scope(type.name));
    case 'name':
      return declaredText(packages, scope(type.name), declared);
  }
}

/**
 * @param {Package[]} packages
 * @param {Owned} owned
 * @param {Map<string, string>} declared
 * @returns {string}
 */
function declaredText(packages, owned, declared) {
  const { pkg, iface, def } = owned;
  if (def.kind === 'resource') {
    return handleText(packages, 'own', owned);
  }
  const constant = `${functionMapName(pkg, iface)}_${pascalCase(def.name)}`;
  if (!declared.has(constant)) {
    declared.set(constant, definitionText(packages, owned, declared));
  }
  return constant;
}

/**
 * @param {Package[]} packages
 * @param {Owned} owned
 * @param {Map<string, string>} declared
 */
function definitionText(packages, { pkg, iface, def }, declared) {
  const scope = scopeOf(packages, pkg, iface);
  /** @param {Type | null} type */
  const text = (type) => (type === null ? 'null' : typeText(packages, scope, type, declared));
  switch (def.kind) {
    case 'type':
      return text(def.type);
    case 'record':
    case 'variant': {
      const members = def.members.map(({ name, type }) => `{ name: '${name}', type: ${text(type)} }`);
      return `{ kind: '${def.kind}', ${def.kind === 'record' ? 'fields' : 'cases'}: [${members.join(', ')}] }`;
    }
    case 'enum':
    case 'flags':
      return `{ kind: '${def.kind}', names: [${def.members.map(({ name }) => `'${name}'`).join(', ')}] }`;
    case 'resource':
      throw new Error(`${def.name} has no values of its own`);
  }
}

/**
 * @param {Package[]} packages
 * @param {'own' | 'borrow'} kind
 * @param {Owned} owned
 * @returns {string}
 */
function handleText(packages, kind, owned) {
  return `{ kind: '${kind}', resource: '${resourceId(throughAliases(packages, owned))}' }`;
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
