/**
 * One TypeScript file per package: its types, and per interface a map of its functions.
 *
 * @typedef {import('./parse.mjs').Package} Package
 * @typedef {import('./parse.mjs').Func} Func
 * @typedef {import('./resolve.mjs').Owned} Owned
 * @typedef {import('./resolve.mjs').Scope} Scope
 * @typedef {(type: import('./parse.mjs').Type) => string} ToValue
 */
import { camelCase, canonicalName, functionMapName, resourceId, typeName, typesFile } from './names.mjs';
import { interfaceId, scopeOf } from './resolve.mjs';
import { valueType } from './value-types.mjs';

/**
 * @param {Package[]} packages
 * @param {Package} pkg
 * @returns {string} the file's text
 */
export function typesFileText(packages, pkg) {
  /** @type {Map<string, Owned>} */
  const imported = new Map();
  const taken = new Set(['Handle']);
  const body = pkg.interfaces.flatMap((iface) => {
    const scope = scopeOf(packages, pkg, iface);
    /** @type {ToValue} */
    const toValue = (type) =>
      valueType(type, scope, (owned) => owned.pkg !== pkg && noteImport(imported, owned));
    const declarations = iface.types.map((def) => {
      claim(taken, typeName({ pkg, iface, def }), pkg);
      return declaration({ pkg, iface, def }, toValue);
    });
    return [...declarations, ...(hostSide(iface) ? [functionMap(pkg, iface, toValue)] : [])];
  });
  for (const name of imported.keys()) {
    claim(taken, name, pkg);
  }
  const head = [`// Written by build/wit/generate.mjs from wit/${pkg.file}; changes here are lost.`];
  if (body.some((text) => text.includes('Handle<'))) {
    head.push("import type { Handle } from './handle.ts';");
  }
  return [[...head, ...imports(imported)].join('\n'), ...body].join('\n\n') + '\n';
}

/** @param {import('./parse.mjs').Interface} iface whether the host has anything to do for it */
export function hostSide(iface) {
  return iface.functions.length > 0 || iface.types.some((def) => def.kind === 'resource');
}

/**
 * @param {Owned} owned
 * @param {ToValue} toValue
 */
function declaration(owned, toValue) {
  const { def } = owned;
  const head = `${docs(def.docs)}export type ${typeName(owned)} =`;
  switch (def.kind) {
    case 'type':
      return `${head} ${toValue(def.type)};`;
    case 'resource':
      return `${head} Handle<'${resourceId(owned)}'>;`;
    case 'enum':
      return `${head}${def.members.map(({ name, docs: why }) => `\n${docs(why, '  ')}  | '${name}'`).join('')};`;
    case 'variant': {
      const cases = def.members.map(({ name, docs: why, type }) => {
        const value = type ? `; readonly val: ${toValue(type)}` : '';
        return `\n${docs(why, '  ')}  | { readonly tag: '${name}'${value} }`;
      });
      return `${head}${cases.join('')};`;
    }
    case 'record':
    case 'flags': {
      const fields = def.members.map(({ name, docs: why, type }) => {
        const mark = !type || type.kind === 'option' ? '?' : '';
        const value = type ? toValue(type) : 'boolean | undefined';
        return `\n${docs(why, '  ')}  readonly ${camelCase(name)}${mark}: ${value};`;
      });
      return `${docs(def.docs)}export interface ${typeName(owned)} {${fields.join('')}\n}`;
    }
  }
}

/**
 * @param {Package} pkg
 * @param {import('./parse.mjs').Interface} iface
 * @param {ToValue} toValue
 */
function functionMap(pkg, iface, toValue) {
  const lines = iface.functions.map((func) => functionEntry(func, null, [], toValue));
  for (const def of iface.types) {
    if (def.kind !== 'resource') {
      continue;
    }
    const handle = typeName({ pkg, iface, def });
    for (const func of def.methods) {
      const self = func.kind === 'method' ? [`self: ${handle}`] : [];
      const made = func.kind === 'constructor' ? handle : undefined;
      lines.push(functionEntry(func, def.name, self, toValue, made));
    }
  }
  const why = [`Functions of \`${interfaceId(pkg, iface)}\` by canonical name.`];
  return `${docs(why)}export interface ${functionMapName(pkg, iface)} {${lines.join('')}\n}`;
}

/**
 * @param {Func} func
 * @param {string | null} resource
 * @param {string[]} self
 * @param {ToValue} toValue
 * @param {string} [made] what a constructor gives back
 */
function functionEntry(func, resource, self, toValue, made) {
  const { result } = func;
  const params = [...self, ...func.params.map(({ name, type }) => `${camelCase(name)}: ${toValue(type)}`)];
  const isFallible = result?.kind === 'result';
  const okType = isFallible ? result.ok : result;
  const ok = made ?? (okType ? toValue(okType) : 'void');
  const err = isFallible ? (result.err ? toValue(result.err) : 'void') : 'never';
  const shape = `{ params: readonly [${params.join(', ')}]; ok: ${ok}; err: ${err} }`;
  return `\n${docs(func.docs, '  ')}  '${canonicalName(func, resource)}': ${shape};`;
}

/**
 * @param {string[]} lines
 * @param {string} [indent]
 */
function docs(lines, indent = '') {
  if (lines.length === 0) {
    return '';
  }
  const safe = lines.map((line) => line.replaceAll('*/', '*\\/'));
  if (safe.length === 1) {
    return `${indent}/** ${safe[0]} */\n`;
  }
  return `${indent}/**\n${safe.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

/**
 * @param {Map<string, Owned>} imported
 * @param {Owned} owned
 */
function noteImport(imported, owned) {
  const name = typeName(owned);
  const earlier = imported.get(name);
  if (earlier && earlier.def !== owned.def) {
    throw new Error(`two packages both give a type ${name}`);
  }
  imported.set(name, owned);
}

/** @param {Map<string, Owned>} imported */
function imports(imported) {
  /** @type {Map<string, string[]>} */
  const byFile = new Map();
  for (const [name, { pkg }] of imported) {
    byFile.set(typesFile(pkg), [...(byFile.get(typesFile(pkg)) ?? []), name]);
  }
  return [...byFile]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, names]) => `import type { ${names.toSorted().join(', ')} } from './${file}';`);
}

/**
 * @param {Set<string>} taken
 * @param {string} name
 * @param {Package} pkg
 */
function claim(taken, name, pkg) {
  if (taken.has(name)) {
    throw new Error(`${pkg.file}: two types would both be called ${name}`);
  }
  taken.add(name);
}
