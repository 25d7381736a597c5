/**
 * How WIT names are spelled in TypeScript. Functions, fields and resources follow jco, because jco's
 * generated code looks them up by these names.
 *
 * @typedef {import('./resolve.mjs').Owned} Owned
 */

/** @param {string} kebab `read-at` becomes `readAt` */
export function camelCase(kebab) {
  const pascal = pascalCase(kebab);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** @param {string} kebab `file-handle` becomes `FileHandle` */
export function pascalCase(kebab) {
  const words = kebab.toLowerCase().split(/[^a-z0-9]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** @param {import('./parse.mjs').Package} pkg file of its types, `astrid-io-1-0-0.ts` */
export function typesFile(pkg) {
  return `${pkg.id.replace(/[^A-Za-z0-9]+/g, '-')}.ts`;
}

/**
 * Name of the function map of an interface: `AstridProcessHost1_0_0`.
 *
 * @param {import('./parse.mjs').Package} pkg
 * @param {import('./parse.mjs').Interface} iface
 */
export function functionMapName(pkg, iface) {
  return `${pascalCase(pkg.name)}${pascalCase(iface.name)}${pkg.version.replace(/[^A-Za-z0-9]+/g, '_')}`;
}

/**
 * Name of a type inside its package's file. Two interfaces of a package that declare the same name both
 * get their own in front. A resource reads `…Handle`, since that is all the host side ever holds.
 *
 * @param {Owned} owned
 */
export function typeName({ pkg, iface, def }) {
  const others = pkg.interfaces.filter((each) => each !== iface);
  const isShared = others.some((each) => each.types.some((type) => type.name === def.name));
  const name = `${isShared ? pascalCase(iface.name) : ''}${pascalCase(def.name)}`;
  return def.kind === 'resource' && !name.endsWith('Handle') ? `${name}Handle` : name;
}

/** @param {Owned} owned `astrid:io/poll@1.0.0#pollable` */
export function resourceId({ pkg, iface, def }) {
  return `${pkg.name}/${iface.name}@${pkg.version}#${def.name}`;
}

/**
 * The canonical ABI spelling of a function: `spawn`, `[method]process-handle.wait`.
 *
 * @param {import('./parse.mjs').Func} func
 * @param {string | null} resource
 */
export function canonicalName({ kind, name }, resource) {
  if (kind === 'function') {
    return name;
  }
  return kind === 'constructor' ? `[constructor]${resource}` : `[${kind}]${resource}.${name}`;
}
