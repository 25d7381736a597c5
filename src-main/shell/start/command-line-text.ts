import type { BuildView } from '../../contract/views.ts';
import { LINK_SCHEME } from '../constants.ts';

export interface ProgramFacts {
  readonly name: string;
  readonly version: string;
  readonly electron: string;
  readonly build: BuildView | null;
  readonly dataDir: string;
}

/** `Capsule Desktop 0.1.0 (commit abcdef0, built 2026-11-22; Electron 33.2.1)`, one line. */
export function versionText({ name, version, electron, build }: ProgramFacts): string {
  const origin =
    build === null
      ? 'built from source'
      : `commit ${build.commit.slice(0, 7)}, built ${build.date.slice(0, 10)}`;
  return `${name} ${version} (${origin}; Electron ${electron})\n`;
}

export function helpText(facts: ProgramFacts): string {
  return `${versionText(facts)}
usage: capsule-desktop [CAPSULE]...

Opens the window, or brings the open one to the front, and shows each CAPSULE for review. Nothing is installed or
run until you confirm it there. CAPSULE is one of:

  file.capsule                       a capsule archive
  folder                             a folder that contains Capsule.toml
  ${LINK_SCHEME}:install?file=<path>        a link: the absolute path of a .capsule file, percent-encoded

  --safe-mode                        start no capsule, to disable or remove one that causes problems; has no effect
                                     on a window that is open already
  --version                          show the version and what it was built from
  --help                             show this help

Data folder: ${facts.dataDir}
Set the environment variable CAPSULE_DESKTOP_DATA to use another one. A relative path is resolved against the
current folder; an empty value is ignored.
`;
}
