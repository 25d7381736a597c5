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
usage: capsule-desktop [what to open]...

Opens the window, or brings the one that is open to the front. What is named is looked at and shown; it runs
and is installed only when you say so there. It can be:

  file.capsule                       a capsule
  folder                             a folder with a Capsule.toml in it
  ${LINK_SCHEME}:install?file=<path>        a link: the absolute path of a .capsule file, percent-encoded

  --version                          the version, and what it was built from
  --help                             this text

Data is kept in ${facts.dataDir}
The environment variable CAPSULE_DESKTOP_DATA names another folder for it; a relative path starts in the current
folder, and an empty one names none.
`;
}
