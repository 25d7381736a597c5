import { createHash } from 'node:crypto';

/**
 * The text of `app-update.yml` for `electron-updater`. It takes only two things from it, as the feed is given
 * to it directly: who must have signed an installer (Windows; kept from the package's own file), and the name
 * of its folder below the user's cache, where downloads wait. The name is different for each data folder, so
 * that two applications with two data folders do not empty each other's.
 */
export function libraryConfig(shipped: string, dataDir: string): string {
  const mark = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  const kept = shipped.split(/\r?\n/).filter((line) => line !== '' && !/^updaterCacheDirName\s*:/.test(line));
  return [...kept, `updaterCacheDirName: capsule-desktop-updater-${mark}`, ''].join('\n');
}
