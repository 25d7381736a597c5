import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bareStartViolations } from './layers/bare-start.mjs';
import { readSources } from './layers/graph.mjs';
import { roomViolations } from './layers/rooms.mjs';
import {
  cycles,
  electronReached,
  layerViolations,
  moduleViolations,
  windowApiViolations,
} from './layers/rules.mjs';
import { root } from '../lib/paths.mjs';

/**
 * Checks that every import follows the arrows of layers.mjs.
 * @param {string} folder that holds src-main and src-renderer
 * @returns {string[]} one line for each violation
 */
export function checkLayers(folder) {
  const sources = readSources(folder);
  const perFile = [...sources.values()].flatMap((source) => [
    ...layerViolations(source),
    ...moduleViolations(source),
    ...windowApiViolations(source),
  ]);
  return [
    ...perFile,
    ...roomViolations(sources),
    ...electronReached(sources),
    ...cycles(sources),
    ...bareStartViolations(folder),
  ];
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const violations = checkLayers(root);
  for (const violation of violations) {
    process.stderr.write(`${violation}\n`);
  }
  process.exitCode = violations.length > 0 ? 1 : 0;
}
