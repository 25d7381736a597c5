import { basename, join } from 'node:path';
import { app, dialog } from 'electron';
import {
  CancellationToken,
  MacUpdater,
  NsisUpdater,
  PacmanUpdater,
  RpmUpdater,
  type AppUpdater,
  type UpdateDownloadedEvent,
} from 'electron-updater';
import { TypedError } from '../../base/typed-error.ts';
import { readSmallFile, writeSmallFile } from '../../store/small-file.ts';
import { CHECK_LIMIT_MS, LIBRARY_CONFIG_FILE, STALL_LIMIT_MS } from './constants.ts';
import { failureMessage } from './failure-message.ts';
import { mayFetch } from './feed.ts';
import type { InstallKind } from './install-kind.ts';
import { libraryConfig } from './library-config.ts';
import { flagsOf } from '../../os/self/start-after-exit.ts';
import { DebPackageUpdater, SingleFileUpdater } from './own-updaters.ts';
import type { Updater } from './update-service.ts';

export interface LibraryOptions {
  readonly feed: string;
  readonly dataDir: string;
  readonly install: InstallKind;
  /** Stops everything that runs, so that quitting needs no confirmation. */
  readonly endAll: () => Promise<void>;
  /** Runs what uses the network. */
  readonly withNetwork: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly log: (line: string) => void;
}

/** `electron-updater` behind our interface: one feed, nothing automatic, whole files, nothing older. */
export function openLibraryUpdater(options: LibraryOptions): Updater {
  const { feed, dataDir, install, endAll, withNetwork, log } = options;
  const updater = updaterFor(install);
  const configFile = join(dataDir, LIBRARY_CONFIG_FILE);
  // What the package says about itself; nothing is a valid answer.
  const shipped = readSmallFile(join(process.resourcesPath, 'app-update.yml'));
  writeSmallFile(configFile, libraryConfig(shipped, dataDir));
  configure(updater, feed, configFile, log);
  return {
    check: () => withNetwork(() => check(updater)),
    download: (progress, signal) => withNetwork(() => download(updater, progress, signal)),
    install: () =>
      updater instanceof SingleFileUpdater || updater instanceof DebPackageUpdater
        ? updater.replaceAndRestart()
        : installAndQuit(updater, endAll, log),
  };
}

/** The same choice as `electron-updater` makes, with what it does not know left out. */
function updaterFor(install: InstallKind): AppUpdater {
  switch (install.kind) {
    case 'appimage':
      return new SingleFileUpdater(install.file);
    case 'deb':
      return new DebPackageUpdater();
    case 'rpm':
      return new RpmUpdater();
    case 'pacman':
      return new PacmanUpdater();
    case 'nsis':
      return new NsisUpdater();
    case 'mac':
      return new MacUpdater();
    case 'none':
      throw new TypedError('update-unsupported', 'This installation cannot update itself.', install.reason);
  }
}

function configure(updater: AppUpdater, feed: string, configFile: string, log: LibraryOptions['log']): void {
  updater.logger = {
    info: (line?: unknown) => log(`updates: ${String(line)}`),
    warn: (line?: unknown) => log(`updates: ${String(line)}`),
    error: (line?: unknown) => log(`updates: ${String(line)}`),
  };
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowDowngrade = false;
  updater.allowPrerelease = false;
  updater.disableWebInstaller = true;
  // One file, one hash. The parts of a differential download are checked only after they were put together.
  updater.disableDifferentialDownload = true;
  updater.updateConfigPath = configFile;
  updater.setFeedURL({ provider: 'generic', url: feed, channel: 'latest', useMultipleRangeRequest: false });
  // Redirects and what the feed names keep to the rule for feeds. One listener per session: the newest counts.
  updater.netSession.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !mayFetch(feed, url) }),
  );
}

async function check(updater: AppUpdater): Promise<string | null> {
  const limit = new AbortController();
  const late = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(silent('did not answer', CHECK_LIMIT_MS)), CHECK_LIMIT_MS);
    limit.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    const result = await Promise.race([updater.checkForUpdates(), late]);
    return result?.isUpdateAvailable === true ? result.updateInfo.version : null;
  } catch (error) {
    throw failureMessage(error);
  } finally {
    limit.abort();
  }
}

async function download(
  updater: AppUpdater,
  progress: (percent: number) => void,
  signal: AbortSignal,
): Promise<string | null> {
  const token = new CancellationToken();
  let stalled = false;
  const stall = setTimeout(() => {
    stalled = true;
    token.cancel();
  }, STALL_LIMIT_MS);
  const cancel = (): void => token.cancel();
  const hear = ({ percent }: { readonly percent: number }): void => {
    stall.refresh();
    progress(percent);
  };
  let sha512: string | null = null;
  const keepHash = (event: UpdateDownloadedEvent): void => {
    sha512 = hashOf(event);
  };
  signal.addEventListener('abort', cancel);
  updater.on('download-progress', hear);
  updater.on('update-downloaded', keepHash);
  try {
    await updater.downloadUpdate(token);
    return sha512;
  } catch (error) {
    throw stalled ? silent('sent no data', STALL_LIMIT_MS) : failureMessage(error);
  } finally {
    clearTimeout(stall);
    signal.removeEventListener('abort', cancel);
    updater.off('download-progress', hear);
    updater.off('update-downloaded', keepHash);
  }
}

/** The library has verified the file against the one entry of the feed that has its name. */
function hashOf({ files, downloadedFile }: UpdateDownloadedEvent): string | null {
  const entry = files.find(({ url }) => basename(url) === basename(downloadedFile));
  return (entry ?? (files.length === 1 ? files[0] : undefined))?.sha512 ?? null;
}

/**
 * Installers replace files that the running program still loads, so everything is stopped first. There is no way back
 * into this run: when the installer fails (no password entered), the old version is restarted.
 */
async function installAndQuit(
  updater: AppUpdater,
  endAll: () => Promise<void>,
  log: (line: string) => void,
): Promise<void> {
  await endAll();
  updater.once('error', (error: Error) => {
    log(`updates: the installer failed: ${error.message}`);
    void startOldAgain(error);
  });
  updater.quitAndInstall(false, true);
}

async function startOldAgain(error: Error): Promise<void> {
  try {
    await dialog.showMessageBox({
      type: 'error',
      message: 'The update could not be installed.',
      detail: `${failureMessage(error).message}\n\nThe current version will restart.`,
    });
  } finally {
    app.relaunch({ args: [...flagsOf(process.argv)] });
    app.quit();
  }
}

function silent(what: string, ms: number): TypedError {
  return new TypedError(
    'update-silent',
    `The update feed ${what} for ${ms / 1_000} s.`,
    'The installed version is unchanged. Try again later.',
  );
}
