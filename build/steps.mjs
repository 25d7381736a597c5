import { packageFile } from './lib/paths.mjs';

/**
 * @typedef {object} StaticStep
 * @property {string} name
 * @property {string[]} args for our own Node
 * @property {string} fix the command to type after a failure
 */

/** @type {StaticStep[]} what is checked without running the program; the longest first, so that the cores end together */
export const staticSteps = [
  {
    name: 'format',
    args: [packageFile('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
    fix: 'npm run format',
  },
  {
    name: 'lint',
    args: [packageFile('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'],
    fix: 'npx oxlint --type-aware',
  },
  {
    name: 'dead code',
    args: [packageFile('knip/bin/knip.js'), '--no-progress'],
    fix: 'npx knip',
  },
  typeStep('node'),
  typeStep('web'),
  typeStep('capsules'),
  { name: 'layers', args: ['build/check/layers.mjs'], fix: 'node build/check/layers.mjs' },
  {
    name: 'host functions',
    args: ['build/check/host-rules.mjs'],
    fix: 'node build/check/host-rules.mjs',
  },
  { name: 'workflows', args: ['build/check/workflows.mjs'], fix: 'node build/check/workflows.mjs' },
];

/** @type {StaticStep} of `npm run check` alone: `npm test` runs all tests */
export const pureTests = {
  name: 'pure tests',
  args: [packageFile('vitest/vitest.mjs'), 'run', '--project=pure', '--reporter=dot'],
  fix: 'npm run test:unit -- --project pure',
};

/** @returns {StaticStep} */
function typeStep(/** @type {string} */ part) {
  const args = [packageFile('typescript/bin/tsc'), '--noEmit', '--project', `tsconfig.${part}.json`];
  return { name: `types (${part})`, args, fix: `npx tsc --noEmit --project tsconfig.${part}.json` };
}
