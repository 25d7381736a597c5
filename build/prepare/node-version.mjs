import { StepError } from '../lib/log.mjs';

/** The oldest Node that vite 8 and the other tools of this project accept. */
const OLDEST_NODE = { major: 20, minor: 19 };

/** @param {string} [version] */
export function checkNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { major: needMajor, minor: needMinor } = OLDEST_NODE;
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    throw new StepError(
      `This is Node ${version}; Capsule Desktop needs ${needMajor}.${needMinor} or newer. Get one from https://nodejs.org or with a version manager.`,
      `nvm install ${needMajor}`,
    );
  }
  return { note: version };
}
