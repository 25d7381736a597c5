import { readFileSync, realpathSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';
import { root } from '../lib/paths.mjs';
import { isTestHelper } from './layers/graph.mjs';

/** What a function would need to decide, count or record by itself; the pipeline has it, and `call.gate` asks it. */
const PIPELINE_ONLY = new Map([
  ['policy/audit-record.ts', 'records are written by the pipeline'],
  ['policy/charges.ts', 'what is used up is said in `charges`'],
  ['policy/decide.ts', 'the gate decides: say what is needed, or ask `call.gate`'],
  ['store/audit-log.ts', 'records are written by the pipeline'],
]);

/** Rules about rights, which are the gate's to apply. */
const RIGHTS = ['allowsCommand', 'coversHome', 'isHeld'];

/** Cases that say what the pipeline decides. */
const DECISIONS = ['capability-denied', 'quota', 'rate-limited'];

const COLLECTIONS = ['Map', 'Set', 'WeakMap', 'WeakSet'];

/**
 * Finds host functions that go round the pipeline: that look at rights, count, refuse or record by themselves, or keep
 * something between calls in their module.
 *
 * @param {string} folder that holds src-main
 * @returns {string[]} one line for each violation
 */
export function checkHostRules(folder) {
  const host = path.join(folder, 'src-main', 'host');
  const files = readdirSync(host, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !isTestHelper(name))
    .filter((name) => !/^(generated|pipeline)\//.test(name));
  return files.sort().flatMap((name) => {
    const file = `src-main/host/${name}`;
    return violationsIn(file, readFileSync(path.join(folder, file), 'utf8'));
  });
}

function violationsIn(/** @type {string} */ file, /** @type {string} */ source) {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) {
    throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  }
  /** @type {string[]} */
  const found = [];
  const add = (/** @type {{start: number}} */ node, /** @type {string} */ why) => {
    found.push(`${file}:${source.slice(0, node.start).split('\n').length} ${why}`);
  };
  for (const statement of program.body) {
    for (const node of stateOf(statement)) {
      add(node, 'keeps something between calls: state belongs to a service');
    }
  }
  new Visitor({
    ImportDeclaration: (node) => {
      const why = [...PIPELINE_ONLY].find(([module]) => node.source.value.endsWith(`/${module}`))?.[1];
      if (why !== undefined) {
        add(node, `imports ${node.source.value}: ${why}`);
      }
      for (const { local } of node.specifiers) {
        if (RIGHTS.includes(local.name)) {
          add(node, `uses ${local.name}: the gate decides: say what is needed, or ask \`call.gate\``);
        }
      }
    },
    Property: (node) => {
      const { key, value } = node;
      const isTag = key.type === 'Identifier' && key.name === 'tag';
      if (
        isTag &&
        value.type === 'Literal' &&
        DECISIONS.includes(String(value.value)) &&
        !isErrorTable(source, node)
      ) {
        add(
          node,
          `answers ${String(value.value)} by itself: the pipeline does, from \`needs\` and \`charges\``,
        );
      }
    },
  }).visit(program);
  return found;
}

/** In `errorsOf` an interface says which case of its own a decision of the pipeline is. */
function isErrorTable(/** @type {string} */ source, /** @type {{start: number}} */ node) {
  return /\b(denied|quota|cancelled):\s*\{\s*$/.test(source.slice(Math.max(0, node.start - 40), node.start));
}

/** Variables and collections of a module: they outlive every call and belong to nobody. */
function stateOf(/** @type {any} */ statement) {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (declaration?.type !== 'VariableDeclaration') {
    return [];
  }
  return declaration.declarations.flatMap((/** @type {any} */ one) => {
    const made = one.init?.type === 'NewExpression' ? one.init.callee.name : null;
    const type = one.id.typeAnnotation?.typeAnnotation?.typeName?.name ?? '';
    const isState =
      declaration.kind !== 'const' || (COLLECTIONS.includes(made) && !type.startsWith('Readonly'));
    return isState ? [one] : [];
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const violations = checkHostRules(root);
  for (const violation of violations) {
    process.stderr.write(`${violation}\n`);
  }
  process.exitCode = violations.length > 0 ? 1 : 0;
}
