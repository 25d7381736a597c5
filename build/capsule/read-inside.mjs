import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { BuildError } from './build-error.mjs';

/**
 * The content of a file of the folder. The folder may be anybody's: a link must not bring a file of the operator's into the
 * archive, and a FIFO is not waited for.
 *
 * @param {string} folder
 * @param {string} name relative to `folder`
 * @returns {Promise<Buffer>}
 * @throws {BuildError} `file-outside` for what is no regular file, or lies elsewhere
 */
export async function readInside(folder, name) {
  const refused = (/** @type {unknown} */ cause) =>
    new BuildError(
      'file-outside',
      `${join(folder, name)} is not a regular file inside the capsule's folder.`,
      'Replace it with the file itself.',
      { cause },
    );
  const [root = '', real = ''] = await Promise.all(
    [folder, join(folder, name)].map((path) => realpath(path)),
  ).catch((cause) => {
    throw refused(cause);
  });
  if (!real.startsWith(root + sep)) {
    throw refused(undefined);
  }
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(real, flags).catch((cause) => {
    throw refused(cause);
  });
  try {
    if (!(await file.stat()).isFile()) {
      throw refused(undefined);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
