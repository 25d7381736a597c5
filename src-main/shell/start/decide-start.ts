import { app } from 'electron';
import type { BuildView } from '../../contract/views.ts';
import { helpText, versionText } from './command-line-text.ts';
import { askedInstead, handoverOf, shorterCommandLine, type Handover } from './command-line.ts';
import { startedProgram } from './desktop-entry.ts';
import { claimSingleInstance } from './single-instance.ts';
import { hearSystem } from './opening.ts';
import { refuseStart } from './refuse-start.ts';
import { lacksSandbox, NO_SANDBOX_MESSAGE } from './sandbox-flag.ts';

export interface StartOptions {
  readonly build: BuildView | null;
  /** The data folder that the environment names, null for the application's own. */
  readonly dataFolder: string | null;
  /** Of the application when it is not packaged. */
  readonly appFolder: string | null;
  /** Told what a later start, or the system, asks to open; null when that cannot be read. */
  readonly opened: (handover: Handover | null) => void;
  readonly log: (line: string) => void;
}

/**
 * What a start comes to: an answer in text, a refusal, another start with a shorter command line, a hand-over to the
 * application that has the data folder already; all these end this process. Call before `ready`.
 *
 * @returns what it was asked to open when it becomes the application, else null
 */
export function decideStart({ build, dataFolder, appFolder, opened, log }: StartOptions): Handover | null {
  const asked = askedInstead(process.argv);
  if (asked !== null) {
    const facts = {
      name: app.getName(),
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      build,
      dataDir: dataFolder ?? app.getPath('userData'),
    };
    // Before anything else: no lock, no data folder, and on Linux no display is needed up to here.
    process.stdout.write(asked === 'version' ? versionText(facts) : helpText(facts), () => app.exit(0));
    return null;
  }
  const noSandbox = app.commandLine.hasSwitch('no-sandbox');
  if (lacksSandbox({ packaged: app.isPackaged, uid: process.getuid?.(), noSandbox })) {
    void refuseStart(NO_SANDBOX_MESSAGE, log);
    return null;
  }
  if (dataFolder !== null) {
    app.setPath('userData', dataFolder);
  }
  hearSystem(opened);
  const own = handoverOf(process.argv, process.cwd(), appFolder);
  const shorter = shorterCommandLine(process.argv, own, appFolder);
  if (shorter !== null) {
    app.relaunch({ execPath: startedProgram(process.execPath, process.env), args: [...shorter] });
  } else if (claimSingleInstance(own, opened)) {
    return own;
  }
  app.exit(0);
  return null;
}
