import { parseSync, Visitor } from 'oxc-parser';

/**
 * @typedef {object} Import
 * @property {string} specifier as written
 * @property {number} line counted from 1
 * @property {boolean} late an `import()`: nothing is loaded until it runs
 * @property {boolean} type erased before anything runs: `import type`, `export type`, `import('…').Name`
 */

/**
 * Every module that a file names: import and export from, import(), require(), import types.
 *
 * @param {string} file name, whose ending tells the language
 * @param {string} source
 * @returns {{imports: Import[], windowApi: number[], metaPaths: number[]}} `windowApi`: the lines that touch
 *   `window.capsuleDesktop`; `metaPaths`: those that read `import.meta.dirname` or `import.meta.filename`
 */
export function readImports(file, source) {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) {
    throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  }
  const lineOf = lineCounter(source);
  /** @type {Import[]} */
  const imports = [];
  /** @type {number[]} */
  const windowApi = [];
  /** @type {number[]} */
  const metaPaths = [];
  const add = (/** @type {any} */ literal, { late = false, type = false } = {}) => {
    if (typeof literal?.value === 'string') {
      imports.push({ specifier: literal.value, line: lineOf(literal.start), late, type });
    }
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, { type: node.importKind === 'type' }),
    ExportNamedDeclaration: (node) => add(node.source, { type: node.exportKind === 'type' }),
    ExportAllDeclaration: (node) => add(node.source, { type: node.exportKind === 'type' }),
    ImportExpression: (node) => add(node.source, { late: true }),
    TSImportType: (node) => add(node.source, { type: true }),
    TSExternalModuleReference: (node) => add(node.expression),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') {
        add(node.arguments[0]);
      }
    },
    MemberExpression: (node) => {
      if (isWindow(node.object) && nameOf(node) === 'capsuleDesktop') {
        windowApi.push(lineOf(node.start));
      }
      if (node.object.type === 'MetaProperty' && ['dirname', 'filename'].includes(nameOf(node))) {
        metaPaths.push(lineOf(node.start));
      }
    },
  }).visit(program);
  return { imports, windowApi, metaPaths };
}

function isWindow(/** @type {any} */ node) {
  return node.type === 'Identifier' && (node.name === 'window' || node.name === 'globalThis');
}

function nameOf(/** @type {any} */ member) {
  return member.computed ? member.property.value : member.property.name;
}

function lineCounter(/** @type {string} */ source) {
  return (/** @type {number} */ offset) => source.slice(0, offset).split('\n').length;
}
