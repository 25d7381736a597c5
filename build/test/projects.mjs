import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sourcesBelow } from '../check/layers/graph.mjs';
import { readImports } from '../check/layers/imports.mjs';

/** Where tests stand, beside what they test. */
const FOLDERS = ['src-main', 'src-renderer', 'build', 'capsules'];
const TEST = /\.test\.(ts|tsx|mjs)$/;

/** The tests' helpers that name what is built: the kernel's workers, the example capsules, the guests. */
const NAMES_WHAT_IS_BUILT = ['src-main/testing/guests.ts', 'src-main/testing/kernel.ts'];

/** What starts a process or a thread, or opens a connection. */
const STARTS_SOMETHING =
  /^(node:)?(child_process|worker_threads|cluster|net|http|https|http2|tls|dgram)$|^(execa|esbuild|electron)(\/|$)/;

/**
 * @typedef {object} TestProjects files of tests, from the root
 * @property {string[]} pure nothing that they reach can start anything: they share threads and module instances
 * @property {string[]} window components of the renderer, in a page that jsdom makes
 * @property {string[]} system processes, threads and sockets of their own: a process for each file
 * @property {string[]} guests the same, and they need the kernel and the components built
 */

/**
 * Sorts the tests by what their imports reach, so that no test is prepared for more than it needs and none can
 * be sorted wrongly by hand.
 *
 * @param {string} folder the root of the project
 * @returns {TestProjects}
 */
export function testProjects(folder) {
  /** @type {TestProjects} */
  const projects = { pure: [], window: [], system: [], guests: [] };
  const read = createReader(folder);
  for (const file of FOLDERS.flatMap((each) => sourcesBelow(folder, each, TEST))) {
    projects[projectOf(file, read)].push(file);
  }
  return projects;
}

/**
 * @param {string} file
 * @param {ReturnType<typeof createReader>} read
 * @returns {keyof TestProjects}
 */
function projectOf(file, read) {
  if (file.endsWith('.tsx')) {
    return 'window';
  }
  const files = new Set([file]);
  let starts = false;
  // A set takes what is added while it is walked.
  for (const each of files) {
    for (const { specifier, target } of read(each)) {
      starts ||= STARTS_SOMETHING.test(specifier);
      if (target !== undefined) {
        files.add(target);
      }
    }
  }
  return NAMES_WHAT_IS_BUILT.some((helper) => files.has(helper)) ? 'guests' : starts ? 'system' : 'pure';
}

/** Reads what a file imports when it runs, once for all that import it. */
function createReader(/** @type {string} */ folder) {
  /** @type {Map<string, {specifier: string, target: string | undefined}[]>} */
  const known = new Map();
  return (/** @type {string} */ file) => {
    const imports = known.get(file) ?? runtimeImports(folder, file);
    known.set(file, imports);
    return imports;
  };
}

function runtimeImports(/** @type {string} */ folder, /** @type {string} */ file) {
  return readImports(file, readFileSync(path.join(folder, file), 'utf8'))
    .imports.filter(({ type }) => !type)
    .map(({ specifier }) => {
      const target = path.posix.join(path.posix.dirname(file), specifier);
      const isSource = specifier.startsWith('.') && /\.(ts|tsx|mjs)$/.test(target);
      return { specifier, target: isSource && existsSync(path.join(folder, target)) ? target : undefined };
    });
}
