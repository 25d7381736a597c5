/**
 * The arrows of the architecture as data; ../layers.mjs reads the imports and applies them.
 *
 * A part is a folder of src-main or src-renderer, or one of the files beside those folders: `cli` stands for
 * cli.ts and the folder cli/, `main` for main.ts.
 */

/** Bottom to top: a part of src-main may import itself and what stands above it in this list. */
const MAIN_ORDER = [
  'base',
  'contract',
  'policy',
  'os',
  'store',
  'processes',
  'logs',
  'bus',
  'host',
  'bridge',
  'guest',
  'capsules',
  'runtime',
  'kernel',
  'ipc',
  'shell',
  'preload',
];

/** What the order alone would allow too much of. `host/generated` is data made from wit/. */
const MAIN_EXCEPTIONS = {
  base: ['base'],
  // The only door for the window: plain types that stand alone.
  contract: ['contract'],
  policy: ['policy', 'base', 'contract'],
  'host/generated': ['host/generated', 'base'],
  bridge: ['bridge', 'base', 'contract', 'host/generated'],
  // Runs beside guest code: no host code, so nothing to reach from there.
  guest: ['guest', 'base', 'bridge', 'host/generated'],
  // The sandboxed preload: channel names, types, and the bounds of what leaves the page.
  preload: ['preload', 'base', 'contract'],
  // Plain Node: the kernel, and nothing of the window.
  cli: ['cli', ...MAIN_ORDER.slice(0, MAIN_ORDER.indexOf('kernel') + 1)],
  main: ['main', ...MAIN_ORDER],
};

/** @type {Record<string, string[]>} part of src-main → what it may import */
export const mainLayers = {
  ...Object.fromEntries(MAIN_ORDER.map((part, index) => [part, MAIN_ORDER.slice(0, index + 1)])),
  ...MAIN_EXCEPTIONS,
};

/**
 * The rooms inside a part of src-main, bottom to top: what stands in one may import its own room and those above it in
 * this list. What stands beside the rooms is below all of them as long as it imports none; one that does, as
 * `host/host-operations.ts`, is above them, and no room may import it.
 * @type {Record<string, string[]>}
 */
export const mainRooms = {
  os: [
    'groups',
    'proc',
    'sandbox/spec',
    'tool',
    'thread',
    'launcher',
    'trees',
    'disk',
    'self',
    'files',
    'sandbox/linux',
    'sandbox/macos',
    'sandbox',
    'pipes',
    'child',
  ],
  processes: ['output', 'usage', 'process', 'registry'],
  host: ['generated', 'pipeline', 'io', 'process'],
  capsules: ['words', 'manifest', 'component', 'source', 'library'],
  runtime: ['component', 'guest-process', 'instance', 'capsule'],
  shell: ['updates', 'page', 'guest-pages', 'start', 'window'],
};

/** @type {Record<string, string[]>} part of src-renderer → what it may import; `contract` is src-main/contract */
export const rendererLayers = {
  lib: ['lib', 'contract'],
  ui: ['ui', 'lib', 'contract'],
  client: ['client', 'contract', 'lib'],
  state: ['state', 'client', 'contract', 'lib'],
  // Its own area only: features never import each other.
  features: ['state', 'client', 'contract', 'ui', 'lib'],
  app: ['app', 'features', 'state', 'client', 'contract', 'ui', 'lib'],
  main: ['main', 'app', 'features', 'state', 'client', 'contract', 'ui', 'lib'],
};

/**
 * Modules that only some parts of src-main may import, with the reason that the message gives.
 * @type {{modules: RegExp, only: string[], reason: string}[]}
 */
export const restrictedModules = [
  {
    modules: /^electron($|\/)/,
    only: ['ipc', 'shell', 'preload', 'main'],
    reason: 'everything else runs under plain Node',
  },
  {
    modules: /^(node:)?(child_process|net|http|https|http2|tls|dgram|cluster)$|^execa$/,
    only: ['os'],
    reason: 'os/ is the one place that touches the machine, behind the gate',
  },
  {
    modules: /^(node:)?fs(\/promises)?$/,
    // A guest's process speaks over its pipes.
    only: ['os', 'store', 'guest', 'capsules', 'runtime', 'main', 'cli'],
    reason: 'files are reached through os/, store/ and capsules/',
  },
  {
    modules: /^(node:)?(os|worker_threads|dns|dns\/promises|readline|repl|tty|inspector|vm|process)$/,
    only: MAIN_ORDER.filter((part) => !['base', 'contract', 'policy'].includes(part)).concat('cli', 'main'),
    reason: 'base/, contract/ and policy/ are pure',
  },
  {
    modules: /^zod$|^zod\/(?!mini$|v4\/core$)/,
    only: [],
    reason: 'zod/mini does the same, and all of zod is over ten times its size in a bundle of esbuild',
  },
  {
    modules: /^zod\//,
    only: MAIN_ORDER.filter((part) => !['bridge', 'guest', 'preload'].includes(part)).concat('cli', 'main'),
    reason: 'no code of packages stands beside a guest or in the preload',
  },
];

/** Programs that must start under plain Node: nothing they reach may import electron. */
export const plainNodePrograms = [
  'src-main/kernel/kernel.ts',
  'src-main/cli.ts',
  'src-main/guest/worker.ts',
  'src-main/guest/process.ts',
  'src-main/guest/page/page.ts',
  'src-main/guest/page/worker.ts',
  'src-main/os/launcher/launcher-thread.ts',
  'src-main/os/trees/tree-thread.ts',
  'src-main/os/disk/disk-thread.ts',
  'src-main/runtime/component/transpile-worker.ts',
  'src-main/runtime/component/transpile-process.ts',
  'src-main/runtime/component/transpile-page-worker.ts',
];
