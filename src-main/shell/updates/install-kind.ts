import { isAbsolute, sep } from 'node:path';

/** How this program came to be on the machine, which decides how a new version replaces it. */
export type InstallKind =
  | { readonly kind: 'appimage'; readonly file: string }
  | { readonly kind: 'deb' | 'rpm' | 'pacman' | 'nsis' | 'mac' }
  | { readonly kind: 'none'; readonly reason: string };

export interface InstallFacts {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  /** The running program's own file. */
  readonly program: string;
  /** `resources/package-type`, which electron-builder puts into system packages; empty when there is none. */
  readonly packageType: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where system packages put programs. A folder elsewhere only looks like one of theirs. */
const SYSTEM_FOLDERS = ['/opt/', '/usr/'];

/** Pure; the facts are gathered by whoever asks. */
export function installKind(facts: InstallFacts): InstallKind {
  if (!facts.packaged) {
    return {
      kind: 'none',
      reason: 'This program runs from source: update it with git pull, then npm ci and npm start.',
    };
  }
  const platform: string = facts.platform;
  switch (platform) {
    case 'linux':
      return onLinux(facts);
    case 'win32':
      return facts.environment['PORTABLE_EXECUTABLE_FILE'] === undefined
        ? { kind: 'nsis' }
        : {
            kind: 'none',
            reason: 'The portable program does not update itself: replace its file by a newer one.',
          };
    case 'darwin':
      return { kind: 'mac' };
    default:
      return { kind: 'none', reason: `Updates are not built for ${platform}.` };
  }
}

function onLinux({ program, packageType, environment }: InstallFacts): InstallKind {
  const file = environment['APPIMAGE'];
  const mount = environment['APPDIR'];
  // Both variables are inherited by whatever an AppImage starts: only where our own file lies in the mount are they ours.
  if (file !== undefined && mount !== undefined && isAbsolute(file) && program.startsWith(mount + sep)) {
    return { kind: 'appimage', file };
  }
  const type = packageType.trim();
  const inSystem = SYSTEM_FOLDERS.some((folder) => program.startsWith(folder));
  if (inSystem && (type === 'deb' || type === 'rpm' || type === 'pacman')) {
    return { kind: type };
  }
  return {
    kind: 'none',
    reason: 'This program runs from an unpacked folder: replace the folder by that of a newer version.',
  };
}
