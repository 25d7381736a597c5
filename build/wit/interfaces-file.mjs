/**
 * `interfaces.ts`: the map from interface id to its function map, and the same as data for run time.
 *
 * @typedef {import('./parse.mjs').Package} Package
 * @typedef {import('./parse.mjs').Interface} Interface
 * @typedef {import('./parse.mjs').Func} Func
 */
import { camelCase, canonicalName, functionMapName, pascalCase, typesFile } from './names.mjs';
import { allFunctions, interfaceId, scopeOf } from './resolve.mjs';
import { typeText } from './shape.mjs';
import { hostSide } from './types-file.mjs';

/**
 * @param {Package[]} packages
 * @returns {string} the file's text
 */
export function interfacesFileText(packages) {
  const found = packages.flatMap((pkg) => pkg.interfaces.filter(hostSide).map((iface) => ({ pkg, iface })));
  const imports = packages.flatMap((pkg) => {
    const names = found.filter((each) => each.pkg === pkg).map(({ iface }) => functionMapName(pkg, iface));
    return names.length > 0 ? [`import type { ${names.join(', ')} } from './${typesFile(pkg)}';`] : [];
  });
  const types = found.map(
    ({ pkg, iface }) => `  '${interfaceId(pkg, iface)}': ${functionMapName(pkg, iface)};`,
  );
  const tables = found.map(({ pkg, iface }) => {
    return `  '${interfaceId(pkg, iface)}': ${tableText(interfaceTable(packages, pkg, iface))},`;
  });
  return [
    '// Written by build/wit/generate.mjs from wit/; changes here are lost.',
    ...imports,
    "import type { HostInterfaceTable } from './table.ts';",
    '',
    '/** Every interface the host serves, by id, with the types of its functions. */',
    'export interface HostInterfaces {',
    ...types,
    '}',
    '',
    '/** The same interfaces as data. */',
    'export const hostInterfaces = {',
    ...tables,
    '} as const satisfies { readonly [Id in keyof HostInterfaces]: HostInterfaceTable };',
    '',
  ].join('\n');
}

/**
 * @param {Package[]} packages
 * @param {Package} pkg
 * @param {Interface} iface
 */
export function interfaceTable(packages, pkg, iface) {
  const resources = iface.types.filter((def) => def.kind === 'resource');
  return {
    functions: [
      ...iface.functions.map((func) => functionRow(func, null)),
      ...resources.flatMap((def) => def.methods.map((func) => functionRow(func, def.name))),
    ],
    resources: resources.map((def) => ({ wit: def.name, js: pascalCase(def.name) })),
    errorCases: errorCases(packages, pkg, iface),
  };
}

/**
 * @param {Func} func
 * @param {string | null} resource
 */
function functionRow(func, resource) {
  return {
    wit: canonicalName(func, resource),
    js: camelCase(func.name),
    kind: func.kind,
    resource,
    fallible: func.result?.kind === 'result',
  };
}

/**
 * Cases of the one variant that the interface's functions fail with; null when none can fail.
 *
 * @param {Package[]} packages
 * @param {Package} pkg
 * @param {Interface} iface
 */
function errorCases(packages, pkg, iface) {
  const results = allFunctions(iface).map(({ result }) => result);
  const errors = results.flatMap((result) => (result?.kind === 'result' && result.err ? [result.err] : []));
  const [first] = errors;
  if (!first) {
    return null;
  }
  const names = new Set(errors.map(typeText));
  const def = first.kind === 'name' ? scopeOf(packages, pkg, iface)(first.name).def : undefined;
  if (names.size !== 1 || def?.kind !== 'variant') {
    throw new Error(
      `${interfaceId(pkg, iface)}: functions fail with ${[...names].join(', ')}, not with one variant`,
    );
  }
  return Object.fromEntries(def.members.map(({ name, type }) => [name, type ? typeText(type) : null]));
}

/** @param {ReturnType<typeof interfaceTable>} table one function or resource per line */
function tableText({ functions, resources, errorCases: cases }) {
  /** @param {unknown[]} rows */
  const list = (rows) =>
    rows.length > 0 ? `[\n${rows.map((row) => `      ${literal(row)},\n`).join('')}    ]` : '[]';
  const fields = [
    `functions: ${list(functions)}`,
    `resources: ${list(resources)}`,
    `errorCases: ${literal(cases)}`,
  ];
  return `{\n${fields.map((field) => `    ${field},\n`).join('')}  }`;
}

/**
 * @param {unknown} value plain data
 * @returns {string} as a TypeScript literal
 */
function literal(value) {
  if (typeof value === 'string') {
    return `'${value}'`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(literal).join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  const fields = Object.entries(value).map(([key, each]) => {
    return `${/^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`}: ${literal(each)}`;
  });
  return `{ ${fields.join(', ')} }`;
}
