import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagedSource } from '../dist/source.mjs';
import { root } from '../lib/paths.mjs';

/**
 * Why what `npm run dist` has made must not be released under a tag. Packaging itself goes on where something is
 * missing, which is right for a try and wrong for a release.
 *
 * @param {object} build
 * @param {string} build.tag
 * @param {string} build.version of package.json
 * @param {string[]} build.files names in dist/
 * @param {string[]} build.changed what the tree holds beside the tagged commit
 * @returns {string[]} one line for each reason
 */
export function releaseProblems({ tag, version, files, changed }) {
  const testElectron = files.filter((file) => file.includes('test-electron'));
  return [
    ...(tag === `v${version}` ? [] : [`The tag ${tag} is not v${version}, the version in package.json.`]),
    ...(files.some((file) => file.startsWith('capsule-desktop-'))
      ? []
      : ['There is no installer in dist/: type npm run dist.']),
    ...testElectron.map((file) => `${file} holds the test Electron: the pinned one could not be downloaded.`),
    ...changed.map((line) => `The tree holds what the tagged commit does not: ${line}`),
  ];
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [tag] = process.argv.slice(2);
  if (tag === undefined) {
    process.stderr.write('Name the tag: node build/check/release.mjs v1.2.3\n');
    process.exit(2);
  }
  const dist = path.join(root, 'dist');
  const problems = releaseProblems({
    tag,
    version: JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version,
    files: existsSync(dist) ? readdirSync(dist) : [],
    changed: (await packagedSource()).changed,
  });
  for (const problem of problems) {
    process.stderr.write(`${problem}\n`);
  }
  process.exitCode = problems.length > 0 ? 1 : 0;
}
