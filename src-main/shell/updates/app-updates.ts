import { join } from 'node:path';
import { app } from 'electron';
import { readSmallFile } from '../../store/small-file.ts';
import { installKind } from './install-kind.ts';
import { Updates } from './update-service.ts';

/** Updates of the running application. Until asked, it loads no updater and reads only one small file. */
export function appUpdates(endAll: () => Promise<void>, log: (line: string) => void): Updates {
  const dataDir = app.getPath('userData');
  const install = installKind({
    platform: process.platform,
    packaged: app.isPackaged,
    program: process.execPath,
    packageType: readSmallFile(join(process.resourcesPath, 'package-type')),
    environment: process.env,
  });
  return new Updates({
    dataDir,
    install,
    log,
    open: async (feed) => {
      const { openLibraryUpdater } = await import('./library-updater.ts');
      return openLibraryUpdater({ feed, dataDir, install, endAll, log });
    },
  });
}
