import { join } from 'node:path';
import { app } from 'electron';
import { systemClock } from '../../base/clock.ts';
import { readSmallFile } from '../../store/small-file.ts';
import { Confirmations, type AskOperator } from './confirmations.ts';
import { installKind } from './install-kind.ts';
import { Updates } from './update-service.ts';

export interface AppUpdateParts {
  /** Stops everything that runs. */
  readonly endAll: () => Promise<void>;
  /** Runs what uses the network; without it no name is looked up. */
  readonly withNetwork: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Confirms a feed and an installation. */
  readonly askOperator: AskOperator;
  readonly log: (line: string) => void;
}

/** Updates of the running application. Until asked, it loads no updater and reads only one small file. */
export function appUpdates({ endAll, withNetwork, askOperator, log }: AppUpdateParts): Updates {
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
    confirmations: new Confirmations(askOperator, systemClock),
    log,
    open: async (feed) => {
      const { openLibraryUpdater } = await import('./library-updater.ts');
      return openLibraryUpdater({ feed, dataDir, install, endAll, withNetwork, log });
    },
  });
}
