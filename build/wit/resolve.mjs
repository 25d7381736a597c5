/**
 * Reads the contract folder and connects every name with its declaration, across packages.
 *
 * @typedef {import('./parse.mjs').Package} Package
 * @typedef {import('./parse.mjs').Interface} Interface
 * @typedef {import('./parse.mjs').TypeDef} TypeDef
 * @typedef {import('./parse.mjs').Type} Type
 * @typedef {{ pkg: Package, iface: Interface, def: TypeDef }} Owned a type with the interface that declares it
 * @typedef {(name: string) => Owned} Scope looks a type name up from inside one interface
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { WitError } from './lex.mjs';
import { parse } from './parse.mjs';

/**
 * Every `.wit` file directly in the folder, parsed and with all names checked.
 *
 * @param {string} folder
 * @returns {Package[]} by id
 * @throws {WitError} for malformed WIT, a name that leads nowhere, or anything declared twice
 */
export function readContract(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.wit'));
  const packages = files.map((file) => parse(readFileSync(path.join(folder, file), 'utf8'), file));
  packages.sort((a, b) => (a.id < b.id ? -1 : 1));
  check(packages);
  return packages;
}

/**
 * @param {Package[]} packages
 * @throws {WitError}
 */
export function check(packages) {
  const ids = new Set();
  for (const pkg of packages) {
    if (ids.has(pkg.id)) {
      throw new WitError(pkg.file, 1, `package ${pkg.id} is declared in another file too`);
    }
    ids.add(pkg.id);
    onlyOnce(pkg, [...pkg.interfaces, ...pkg.worlds]);
    for (const iface of pkg.interfaces) {
      checkInterface(packages, pkg, iface);
    }
    for (const world of pkg.worlds) {
      checkWorld(packages, pkg, world);
    }
  }
}

/**
 * @param {Package[]} packages
 * @param {Package} pkg
 * @param {Interface} iface
 * @returns {Scope} throws a WitError for an unknown name
 */
export function scopeOf(packages, pkg, iface) {
  return (name) => {
    const def = iface.types.find((type) => type.name === name);
    if (def) {
      return { pkg, iface, def };
    }
    const use = iface.uses.find((each) => each.as === name);
    if (!use) {
      throw new WitError(pkg.file, iface.line, `interface ${iface.name} has no type ${name}`);
    }
    const owner = findInterface(packages, use.from);
    if (!owner) {
      throw new WitError(pkg.file, use.line, `there is no interface ${use.from}`);
    }
    if (owner.iface === iface) {
      throw new WitError(pkg.file, use.line, `interface ${iface.name} uses itself`);
    }
    const found = owner.iface.types.find((type) => type.name === use.name);
    if (!found) {
      throw new WitError(pkg.file, use.line, `${use.from} declares no type ${use.name}`);
    }
    return { ...owner, def: found };
  };
}

/**
 * @param {Package[]} packages
 * @param {string} id such as `astrid:io/poll@1.0.0`
 */
export function findInterface(packages, id) {
  for (const pkg of packages) {
    const iface = pkg.interfaces.find((each) => interfaceId(pkg, each) === id);
    if (iface) {
      return { pkg, iface };
    }
  }
  return undefined;
}

/**
 * @param {Package} pkg
 * @param {{ name: string }} iface an interface or a world
 */
export function interfaceId(pkg, iface) {
  return `${pkg.name}/${iface.name}@${pkg.version}`;
}

/** @param {Interface} iface the functions of an interface and the methods of its resources */
export function allFunctions(iface) {
  return [...iface.functions, ...iface.types.flatMap((def) => (def.kind === 'resource' ? def.methods : []))];
}

/**
 * @param {Package[]} packages
 * @param {Package} pkg
 * @param {Interface} iface
 */
function checkInterface(packages, pkg, iface) {
  const scope = scopeOf(packages, pkg, iface);
  const uses = iface.uses.map((use) => ({ name: use.as, line: use.line }));
  onlyOnce(pkg, [...uses, ...iface.types, ...iface.functions]);
  for (const use of uses) {
    scope(use.name);
  }
  for (const def of iface.types) {
    if (def.kind === 'type') {
      checkType(pkg, scope, def.type);
    } else if (def.kind === 'resource') {
      onlyOnce(pkg, def.methods);
    } else {
      onlyOnce(
        pkg,
        def.members.map(({ name }) => ({ name, line: def.line })),
      );
      for (const { type } of def.members) {
        checkType(pkg, scope, type);
      }
    }
  }
  for (const func of allFunctions(iface)) {
    checkFunction(pkg, scope, func);
  }
}

/**
 * @param {Package[]} packages
 * @param {Package} pkg
 * @param {import('./parse.mjs').World} world
 */
function checkWorld(packages, pkg, world) {
  const scope = scopeOf(packages, pkg, { ...world, functions: [] });
  for (const use of world.uses) {
    scope(use.as);
  }
  for (const item of [...world.imports, ...world.exports]) {
    if (item.kind === 'function') {
      checkFunction(pkg, scope, item.func);
    } else if (!findInterface(packages, item.id)) {
      throw new WitError(pkg.file, world.line, `there is no interface ${item.id}`);
    }
  }
}

/**
 * @param {Package} pkg
 * @param {Scope} scope
 * @param {import('./parse.mjs').Func} func
 */
function checkFunction(pkg, scope, func) {
  onlyOnce(
    pkg,
    func.params.map(({ name }) => ({ name, line: func.line })),
  );
  for (const { type } of func.params) {
    checkType(pkg, scope, type);
  }
  checkType(pkg, scope, func.result);
}

/**
 * @param {Package} pkg
 * @param {Scope} scope
 * @param {Type | null} type
 */
function checkType(pkg, scope, type) {
  if (!type || type.kind === 'prim') {
    return;
  }
  if (type.kind === 'name' || type.kind === 'own' || type.kind === 'borrow') {
    try {
      scope(type.name);
    } catch (cause) {
      throw new WitError(pkg.file, type.line, `unknown type ${type.name}`, { cause });
    }
    return;
  }
  for (const part of parts(type)) {
    checkType(pkg, scope, part);
  }
}

/**
 * The types inside a list, option, tuple or result.
 *
 * @param {Type} type
 * @returns {Type[]}
 */
function parts(type) {
  if (type.kind === 'list' || type.kind === 'option') {
    return [type.of];
  }
  if (type.kind === 'tuple') {
    return type.items;
  }
  if (type.kind !== 'result') {
    return [];
  }
  return [type.ok, type.err].filter((part) => part !== null);
}

/**
 * @param {Package} pkg
 * @param {{ name: string, line: number }[]} items
 */
function onlyOnce(pkg, items) {
  const seen = new Set();
  for (const { name, line } of items) {
    if (seen.has(name)) {
      throw new WitError(pkg.file, line, `${name} is declared twice`);
    }
    seen.add(name);
  }
}
