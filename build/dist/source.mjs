import { StepError } from '../lib/log.mjs';
import { root } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

/**
 * Which source a package is made of.
 * @param {string} [folder] the clone
 * @returns {Promise<{commit: string, changed: string[]}>} `commit`: 40 hex digits; `changed`: what the tree holds
 *   beside that commit, as `git status --short` says it
 */
export async function packagedSource(folder = root) {
  const git = async (/** @type {string[]} */ ...args) => {
    const { status, stdout } = await run('git', args, { cwd: folder });
    if (status !== 0) {
      throw new StepError(
        'Packaging needs the git repository: the version shown names its commit.',
        'git status',
      );
    }
    return stdout;
  };
  const changed = (await git('status', '--short')).split('\n').filter(Boolean);
  return { commit: (await git('rev-parse', 'HEAD')).trim(), changed };
}
