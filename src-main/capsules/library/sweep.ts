import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownEntries, type OwnKind, type Report } from '../../store/own-entries.ts';
import { capsuleError } from '../errors.ts';
import { CAPSULE_NAME } from '../manifest/package.ts';

/** A change under way, or what is left of one that was cut off. */
export const STAGING = '.staging-';
/** What an installation that is not committed must give back: the capsule that was there, or nothing. */
export const PREVIOUS = '.previous-';
export const NOTHING = '.nothing-';

const ID = CAPSULE_NAME.source.slice(1, -1);
const UUID = '[0-9a-f-]+';
/** A capsule, or what a change of one left. */
export const OWN_FOLDER: OwnKind = {
  kind: 'folder',
  name: new RegExp(`^(?:${ID}|\\.staging-${UUID}|\\.(?:previous|nothing)-${ID}\\.${UUID})$`),
};
/** A component, or what was to become one. */
const OWN_COMPONENT: OwnKind = { kind: 'file', name: new RegExp(`^[0-9a-f]{64}\\.wasm(?:\\.${UUID})?$`) };

/** Removes components that a crash left without a capsule. */
export async function sweepComponents(
  components: string,
  used: ReadonlySet<string>,
  report: Report,
): Promise<void> {
  const names = await ownEntries(components, OWN_COMPONENT, report);
  const unused = names.filter((name) => !used.has(name.replace(/\.wasm$/, '')));
  await Promise.all(
    unused.map((name) =>
      rm(join(components, name), { force: true }).catch((error: unknown) =>
        report(`could not remove the unused component ${name}`, error),
      ),
    ),
  );
}

/**
 * Removes stagings, and capsules whose installation was not finished; puts back what they replaced.
 *
 * @returns the capsules of which that failed
 */
export async function undoInterrupted(capsules: string, report: Report): Promise<readonly string[]> {
  // What is not ours is reported when the capsules are read.
  const names = await ownEntries(capsules, OWN_FOLDER, () => undefined);
  const failed: string[] = [];
  for (const name of names.filter((each) => each.startsWith('.'))) {
    try {
      await undoOne(capsules, name);
    } catch (error) {
      report(`could not roll back the interrupted installation in ${name}`, error);
      if (!name.startsWith(STAGING)) {
        failed.push(idIn(name));
      }
    }
  }
  return failed;
}

/** What changes of this capsule left that were neither finished nor undone; the next start would undo them. */
export async function leftoversOf(capsules: string, id: string): Promise<readonly string[]> {
  const names = await ownEntries(capsules, OWN_FOLDER, () => undefined);
  return names.filter((name) => /^\.(?:previous|nothing)-/.test(name) && idIn(name) === id);
}

async function undoOne(capsules: string, name: string): Promise<void> {
  const path = join(capsules, name);
  if (!name.startsWith(STAGING)) {
    await rm(join(capsules, idIn(name)), { recursive: true, force: true });
  }
  if (name.startsWith(PREVIOUS)) {
    await rename(path, join(capsules, idIn(name)));
  } else {
    await rm(path, { recursive: true, force: true });
  }
}

/** The capsule in the name of what an installation must give back. */
function idIn(name: string): string {
  return name.slice(name.indexOf('-') + 1, name.lastIndexOf('.'));
}

/**
 * What is no folder is not ours, and would go with what is replaced.
 *
 * @param path where a capsule’s folder is to be
 */
export async function refuseStranger(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') {
      throw error;
    }
  });
  if (found?.isDirectory() === false) {
    throw capsuleError(
      'store-damaged',
      `${path} is in the way: it is not a capsule’s folder.`,
      'Move it somewhere else, then install again.',
    );
  }
}
