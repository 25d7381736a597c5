/**
 * @typedef {object} Area code whose mutants are made, and the tests that have to notice them
 * @property {string} name a folder, from the root
 * @property {string[]} [tests] files and folders, from the root, whose tests judge it beside its own
 * @property {true} [inThreads] part of it runs in threads that its tests start, where Stryker does not see what a test
 *   reaches: every test runs on every mutant
 */

/** Below this share of noticed mutants, in percent, an area fails. */
export const LEAST_SCORE = 85;

/**
 * Where most is decided and least is started: every mutant costs a run of the tests that reach it. Tests that need
 * built guests are left out wherever they stand.
 *
 * @type {readonly Area[]}
 */
export const areas = [
  { name: 'src-main/policy' },
  {
    name: 'src-main/host/pipeline',
    tests: ['src-main/host/io/pollable.test.ts', 'src-main/host/ipc-ending.test.ts'],
  },
  { name: 'src-main/bridge', inThreads: true },
  { name: 'src-main/capsules/manifest' },
  { name: 'src-main/capsules/source' },
  { name: 'src-main/processes/output' },
  { name: 'src-main/processes/process' },
  { name: 'src-main/processes/registry' },
  {
    name: 'src-renderer/lib',
    tests: ['src-renderer/state/logs.test.ts', 'src-renderer/features/logs/copy.test.ts'],
  },
  { name: 'src-renderer/state' },
];

/**
 * What to run for the paths that a person names: of an area around a path that part, of one below it everything.
 *
 * @param {readonly string[]} paths from the root; none means all areas
 * @returns {{chosen: {area: Area, mutate: string[]}[], strangers: string[]}} `mutate`: globs, from the root;
 *   `strangers`: paths that have to do with no area
 */
export function chooseAreas(paths) {
  const within = (/** @type {Area} */ { name }, /** @type {string} */ path) =>
    isWithin(name, path) ? [name] : isWithin(path, name) ? [path] : [];
  const chosen = areas.map((area) => {
    const parts = paths.length === 0 ? [area.name] : paths.flatMap((path) => within(area, path));
    return { area, mutate: parts.map((part) => (part.endsWith('.ts') ? part : `${part}/**/*.ts`)) };
  });
  return {
    chosen: chosen.filter(({ mutate }) => mutate.length > 0),
    strangers: paths.filter((path) => !areas.some((area) => within(area, path).length > 0)),
  };
}

/**
 * @param {Area} area
 * @param {readonly string[]} tests all that need no built guest, from the root
 */
export function testsOf(area, tests) {
  return tests.filter((test) => [area.name, ...(area.tests ?? [])].some((each) => isWithin(test, each)));
}

function isWithin(/** @type {string} */ path, /** @type {string} */ folder) {
  return path === folder || path.startsWith(`${folder}/`);
}
