import { isAbsolute, sep } from 'node:path';

/** How this program was installed, which decides how it is updated. */
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

/** Where system packages install programs. A folder elsewhere only looks like theirs. */
const SYSTEM_FOLDERS = ['/opt/', '/usr/'];

/** Pure: the caller gathers the facts. */
export function installKind(facts: InstallFacts): InstallKind {
  if (!facts.packaged) {
    return {
      kind: 'none',
      reason: 'This build runs from source. Update it with git pull, npm ci and npm start.',
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
            reason: 'The portable version does not update itself. Replace the file with a newer version.',
          };
    case 'darwin':
      return { kind: 'mac' };
    default:
      return { kind: 'none', reason: `Updates are not available for ${platform}.` };
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
    reason: 'This version runs from an unpacked folder. Replace the folder with a newer version.',
  };
}
