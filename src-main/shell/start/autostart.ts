import { join } from 'node:path';
import { app } from 'electron';
import { autostartEntry, isEntryOn, startedProgram } from './desktop-entry.ts';

/** Starting at login. The system keeps whether it is on; we ask it and keep nothing of our own. */
export interface Autostart {
  readonly isOn: () => boolean;
  /** Throws when the system refuses. */
  readonly set: (on: boolean) => void;
}

/** The few acts on files that Linux needs; missing files and folders are no errors to `read` and `remove`. */
export interface EntryFiles {
  /** Empty when there is no such file. */
  readonly read: (path: string) => string;
  /** Makes the folder as well. */
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;
}

export function systemAutostart(files: EntryFiles): Autostart {
  return process.platform === 'linux' ? entryAutostart(files) : loginItemAutostart();
}

function loginItemAutostart(): Autostart {
  return {
    isOn: () => app.getLoginItemSettings().openAtLogin,
    set: (on) => app.setLoginItemSettings({ openAtLogin: on }),
  };
}

function entryAutostart(files: EntryFiles): Autostart {
  // Electron's appData is XDG_CONFIG_HOME, or ~/.config.
  const path = join(app.getPath('appData'), 'autostart', 'capsule-desktop.desktop');
  return {
    isOn: () => isEntryOn(files.read(path)),
    set(on) {
      if (on) {
        const program = startedProgram(process.execPath, process.env);
        files.write(path, autostartEntry(app.getName(), program));
      } else {
        files.remove(path);
      }
    },
  };
}
