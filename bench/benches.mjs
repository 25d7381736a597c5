import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../build/lib/paths.mjs';

// The benches named on the command line, or all. Every figure stands beside a named reference that was measured in the
// same run: machines differ and are noisy, so ratios are what counts, and no test depends on them.

const { build } = await import('esbuild');
const out = path.join(root, 'node_modules', '.cache', 'capsule-desktop', 'bench');
await build({
  entryPoints: [
    'ring-throughput',
    'sandbox-spawn',
    'processes',
    'guest-load',
    'bridged-call',
    'bridged-call-worker',
  ].map((name) => path.join(root, 'bench', `${name}.ts`)),
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
});

/** @typedef {{name: string, unit: string, ours: number, reference: number, ratio: number, aim: string, note: string}} Result */

/** @type {Record<string, () => Promise<Result | readonly Result[]>>} */
const benches = {
  ring: async () =>
    (await load('ring-throughput')).ringThroughput({ sources: path.join(root, 'bench', 'c') }),
  spawn: async () => (await load('sandbox-spawn')).sandboxSpawn(),
  list: async () => (await load('processes')).listProcesses(),
  'first-byte': async () => (await load('processes')).firstByte(),
  wait: async () => (await load('processes')).waitLatency(),
  load: async () =>
    (await load('guest-load')).guestLoad({
      guests: path.join(root, 'e2e', 'guests'),
      workerFolder: path.join(root, 'out', 'kernel'),
    }),
  bridge: async () =>
    (await load('bridged-call')).bridgedCall({ workerFile: path.join(out, 'bridged-call-worker.js') }),
  guests: async () => (await import('./guest-kinds/guest-kinds.mjs')).guestKinds(),
  fifty: async () => (await import('./fifty-capsules/fifty-capsules.mjs')).fiftyCapsules(),
  window: async () => (await import('./first-window.mjs')).firstWindow(),
  packaged: async () => (await import('./packaged-start.mjs')).packagedStart(),
};

const wanted = process.argv.slice(2);
/** @type {Result[]} */
const results = [];
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) {
    for (const result of [await run()].flat()) {
      results.push(result);
      process.stdout.write(`${line(result)}\n`);
    }
  }
}
mkdirSync(path.join(root, 'artefacts'), { recursive: true });
writeFileSync(path.join(root, 'artefacts', 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);

/** @returns {Promise<any>} */
function load(/** @type {string} */ name) {
  return import(pathToFileURL(path.join(out, `${name}.js`)).href);
}

function line(/** @type {Result} */ { name, unit, ours, reference, ratio, aim, note }) {
  const figures = `${ours.toFixed(2)} against ${reference.toFixed(2)} ${unit}`;
  return `${name}: ${figures}, ratio ${ratio.toFixed(2)} (aim ${aim})\n  ${note}`;
}
