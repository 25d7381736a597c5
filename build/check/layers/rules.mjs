import { mainLayers, plainNodePrograms, rendererLayers, restrictedModules } from './arrows.mjs';
import { isTestHelper } from './graph.mjs';
import { placeOf } from './parts.mjs';

/** @typedef {import('./graph.mjs').SourceFile} SourceFile */
/** @typedef {Map<string, SourceFile>} Sources */

/** @returns {string[]} what breaks the arrows between the folders */
export function layerViolations(/** @type {SourceFile} */ source) {
  return source.test ? [] : source.imports.flatMap((one) => layerViolation(source.file, one));
}

/** @returns {string[]} modules that this part may not import */
export function moduleViolations(/** @type {SourceFile} */ { file, test, imports }) {
  const { side, part } = placeOf(file);
  if (test) {
    return [];
  }
  return imports.flatMap(({ specifier, line, target }) => {
    const at = `${file}:${line} imports ${specifier}`;
    if (side === 'renderer') {
      const outside = /^electron($|\/)|^node:/.test(specifier);
      return outside ? [`${at}: the window is a sandboxed page, it has neither Node nor Electron`] : [];
    }
    if (part === 'contract' && !target) {
      return [`${at}: contract/ imports nothing, so that both sides can import it`];
    }
    return restrictedModules
      .filter((rule) => rule.modules.test(specifier) && !rule.only.includes(part))
      .map((rule) => `${at}: only ${rule.only.join(', ') || 'tests'} may, ${rule.reason}`);
  });
}

/** @returns {string[]} */
export function windowApiViolations(/** @type {SourceFile} */ { file, test, windowApi }) {
  const { side, part } = placeOf(file);
  if (test || side !== 'renderer' || part === 'client') {
    return [];
  }
  return windowApi.map((line) => `${file}:${line} touches window.capsuleDesktop: only client/ may`);
}

/** @returns {string[]} programs for plain Node that reach electron through others */
export function electronReached(/** @type {Sources} */ sources) {
  return plainNodePrograms.flatMap((program) => {
    const way = findWay(sources, program, (source) =>
      source.imports.some(({ specifier }) => /^electron($|\/)/.test(specifier)),
    );
    return way ? [`${program} must start under plain Node but reaches electron: ${way.join(' → ')}`] : [];
  });
}

/** @returns {string[]} each cycle once, as the files on it */
export function cycles(/** @type {Sources} */ sources) {
  /** @type {string[]} */
  const found = [];
  const done = new Set();
  /** @type {string[]} */
  const path = [];
  const visit = (/** @type {string} */ file) => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(`${file} imports itself: ${[...path.slice(start), file].join(' → ')}`);
      return;
    }
    if (!done.has(file)) {
      path.push(file);
      programTargets(sources, file).forEach(visit);
      path.pop();
      done.add(file);
    }
  };
  [...sources.keys()].forEach(visit);
  return found;
}

/**
 * @param {string} file
 * @param {SourceFile['imports'][number]} one
 * @returns {string[]}
 */
function layerViolation(file, { specifier, line, target }) {
  if (target === undefined) {
    return [];
  }
  const from = placeOf(file);
  const to = placeOf(target);
  const at = `${file}:${line} imports ${specifier}`;
  if (isTestHelper(target)) {
    return [`${at}: only tests may import helpers of tests`];
  }
  if (from.side === 'renderer' && to.side === 'main') {
    return to.part === 'contract' && allowed(from).includes('contract')
      ? []
      : [
          `${at}: ${from.part} may import only [${allowed(from).join(', ')}]; contract is the one door into src-main`,
        ];
  }
  if (from.side !== to.side) {
    return [`${at}: a file of src-${from.side} may not import from outside it`];
  }
  if (from.part === 'features' && to.part === 'features') {
    return from.area === to.area ? [] : [`${at}: features may not import each other`];
  }
  // What imports host may also import what is generated there.
  const names = to.part === 'host/generated' ? ['host/generated', 'host'] : [to.part];
  if (from.part === to.part || names.some((name) => allowed(from).includes(name))) {
    return [];
  }
  return [`${at}: ${from.part} may import only [${allowed(from).join(', ')}]`];
}

/** @returns {string[]} */
function allowed(/** @type {import('./parts.mjs').Place} */ { side, part }) {
  const layers = side === 'main' ? mainLayers : rendererLayers;
  return layers[part] ?? [];
}

/**
 * @param {Sources} sources
 * @param {string} from
 * @param {(source: SourceFile) => boolean} arrived
 * @param {Set<string>} [seen]
 * @returns {string[] | undefined} the files on the way
 */
function findWay(sources, from, arrived, seen = new Set()) {
  const source = sources.get(from);
  if (!source || seen.has(from)) {
    return undefined;
  }
  seen.add(from);
  if (arrived(source)) {
    return [from];
  }
  for (const target of programTargets(sources, from)) {
    const rest = findWay(sources, target, arrived, seen);
    if (rest) {
      return [from, ...rest];
    }
  }
  return undefined;
}

/** @returns {string[]} the source files that a program file imports */
function programTargets(/** @type {Sources} */ sources, /** @type {string} */ file) {
  const source = sources.get(file);
  if (!source || source.test) {
    return [];
  }
  return source.imports.flatMap(({ target }) =>
    target !== undefined && sources.has(target) ? [target] : [],
  );
}
