import { app } from 'electron';
import { AppImageUpdater, DebUpdater } from 'electron-updater';
import { TypedError } from '../../base/typed-error.ts';
import { installPackage } from '../../os/self/install-package.ts';
import { replaceProgram } from '../../os/self/replace-program.ts';
import { flagsOf, startAfterExit } from '../../os/self/start-after-exit.ts';

/** Replaces an AppImage in one rename; the library unlinks the old file first and leaves nothing in between. */
export class SingleFileUpdater extends AppImageUpdater {
  readonly #program: string;

  constructor(program: string) {
    super();
    this.#program = program;
  }

  /** The running program keeps its unlinked file until it exits. Rejects with nothing changed. */
  async replaceAndRestart(): Promise<void> {
    await replaceProgram({ ...downloaded(this.downloadedUpdateHelper), program: this.#program });
    restart(this.#program);
  }

  protected override doInstall(): boolean {
    throw new Error('an AppImage is replaced by replaceAndRestart');
  }
}

/**
 * Installs a deb by apt-get. The library runs `dpkg -i`, and after any failure, a closed password dialog among them,
 * `apt-get install -f` as root, which may remove the program and counts as success; all of it on the main thread.
 */
export class DebPackageUpdater extends DebUpdater {
  /**
   * The running program keeps the files that it has open until it has ended, so that nothing ends before the new
   * version is there. Rejects with the reason, and this one goes on.
   */
  async replaceAndRestart(): Promise<void> {
    await installPackage(downloaded(this.downloadedUpdateHelper));
    restart(process.execPath);
  }

  protected override doInstall(): boolean {
    throw new Error('a deb is installed by replaceAndRestart');
  }
}

/** Quits in order, without confirmation, and then starts the new version. */
function restart(program: string): void {
  startAfterExit(program, flagsOf(process.argv));
  app.quit();
}

function downloaded(
  helper: {
    readonly file: string | null;
    readonly downloadedFileInfo: { readonly sha512: string } | null;
  } | null,
): { readonly download: string; readonly sha512: string } {
  const download = helper?.file;
  const sha512 = helper?.downloadedFileInfo?.sha512;
  if (typeof download !== 'string' || sha512 === undefined) {
    throw new TypedError('update-not-now', 'No update has been downloaded.', 'Check for updates again.');
  }
  return { download, sha512 };
}
