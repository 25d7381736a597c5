import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KeyedMutex } from '../../base/keyed-mutex.ts';
import type { Grants } from '../../contract/kernel.ts';
import { withPin, type ResolvedEntry } from '../../policy/resolved-entry.ts';
import { writeFileAtomically } from '../../store/atomic-file.ts';
import { ownEntries, type Report } from '../../store/own-entries.ts';
import { readRegularFile } from '../../store/regular-file.ts';
import { exportedFunctions } from '../component/exported-functions.ts';
import { capsuleError } from '../errors.ts';
import { MAX_SHOWN_NAMES } from '../limits.ts';
import { createComponentFiles, type ReleaseComponent } from './component-files.ts';
import { parseRecord, switchedRecord, switchOf, type DisabledBecause, type InstallRecord } from './record.ts';
import {
  leftoversOf,
  NOTHING,
  OWN_FOLDER,
  PREVIOUS,
  refuseStranger,
  STAGING,
  sweepComponents,
  undoInterrupted,
} from './sweep.ts';
import { parseManifest, type Manifest } from '../manifest/manifest.ts';
import { MANIFEST_NAME, type CapsuleContent } from '../source/content.ts';

export interface InstalledCapsule {
  readonly manifest: Manifest;
  readonly record: InstallRecord;
}

/** A capsule's folder that cannot be read back. */
export interface BrokenCapsule {
  readonly id: string;
  readonly reason: string;
}

/** An installation that is on disk but can still be taken back. */
export interface PendingInstall {
  readonly capsule: InstalledCapsule;
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
}

/** Capsules may be changed side by side; who changes one keeps others from changing the same one until it is done. */
export interface Library {
  /** By id. */
  readonly list: () => readonly InstalledCapsule[];
  readonly broken: () => readonly BrokenCapsule[];
  readonly find: (id: string) => InstalledCapsule | undefined;
  /**
   * Puts a capsule in place of the one of the same name, if any; the old one comes back on `rollback`. One that was
   * switched off stays so.
   */
  readonly install: (
    content: CapsuleContent,
    hash: string,
    grants: Grants,
    resolved?: readonly ResolvedEntry[],
  ) => Promise<PendingInstall>;
  /** Remembers where an entry leads, unless that is known. Nothing happens for a capsule that is gone meanwhile. */
  readonly pin: (id: string, entry: ResolvedEntry) => Promise<void>;
  /** @param because when the application disables it by itself; what is disabled stays so when that cannot be written */
  readonly setEnabled: (id: string, enabled: boolean, because?: DisabledBecause) => Promise<InstalledCapsule>;
  readonly remove: (id: string) => Promise<void>;
  /** The component's bytes, checked against their hash. */
  readonly readComponent: (hash: string) => Promise<Uint8Array>;
}

const RECORD_NAME = 'install.json';

/**
 * The installed capsules under `dataDir`: `capsules/<id>/` holds each one's files and record,
 * `components/<hash>.wasm` the components by content. What a crash left half-done is undone first. What is not ours in
 * the two folders is reported and left alone, and so is what cannot be undone: its capsule is then a broken one.
 */
export async function openLibrary(dataDir: string, report: Report): Promise<Library> {
  const capsules = join(dataDir, 'capsules');
  const components = join(dataDir, 'components');
  await mkdir(capsules, { recursive: true, mode: 0o700 });
  await mkdir(components, { recursive: true, mode: 0o700 });

  const componentFiles = createComponentFiles(components);
  const installed = new Map<string, InstalledCapsule>();
  const releases = new Map<string, ReleaseComponent>();
  const broken = new Map<string, BrokenCapsule>();
  for (const id of await undoInterrupted(capsules, report)) {
    broken.set(id, { id, reason: 'An interrupted installation could not be rolled back.' });
  }
  const names = await ownEntries(capsules, OWN_FOLDER, report);
  for (const id of names.filter((name) => !name.startsWith('.') && !broken.has(name))) {
    try {
      const capsule = await readInstalled(join(capsules, id));
      installed.set(id, capsule);
      releases.set(id, componentFiles.retain(capsule.record.hash));
    } catch (error) {
      broken.set(id, { id, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  if (broken.size === 0) {
    const used = new Set([...installed.values()].map(({ record }) => record.hash));
    await sweepComponents(components, used, report);
  }

  /**
   * Takes folders out of the library, in this order: a removal that is cut off is finished at the next start. That what
   * is out cannot be deleted changes nothing of what was done, and is reported.
   */
  const takeOut = async (names: readonly string[]): Promise<void> => {
    const out: string[] = [];
    for (const name of names) {
      const staging = join(capsules, `${STAGING}${randomUUID()}`);
      if (await renameIfThere(join(capsules, name), staging)) {
        out.push(staging);
      }
    }
    await Promise.all(
      out.map((path) =>
        rm(path, { recursive: true, force: true }).catch((error: unknown) =>
          report(`could not delete ${path}`, error),
        ),
      ),
    );
  };
  const giveBack = (release: ReleaseComponent | undefined): Promise<void> | undefined =>
    release?.().catch((error: unknown) => report('could not delete a component', error));

  // Of each capsule one change at a time, or one would be written over the other.
  const changes = new KeyedMutex();
  const changeRecord = async (
    { manifest }: InstalledCapsule,
    record: InstallRecord,
  ): Promise<InstalledCapsule> => {
    const { id } = manifest;
    const capsule: InstalledCapsule = { manifest, record };
    await writeFileAtomically(join(capsules, id, RECORD_NAME), JSON.stringify(capsule.record, null, 2));
    installed.set(id, capsule);
    return capsule;
  };

  return {
    list: () => [...installed.values()].sort((a, b) => (a.manifest.id < b.manifest.id ? -1 : 1)),
    broken: () => [...broken.values()],
    find: (id) => installed.get(id),

    install: (content, hash, grants, resolved = []) =>
      changes.run(content.manifest.id, async () => {
        const { id } = content.manifest;
        const folder = join(capsules, id);
        const staging = join(capsules, `${STAGING}${randomUUID()}`);
        const previousFolder = join(capsules, `${PREVIOUS}${id}.${randomUUID()}`);
        const nothing = join(capsules, `${NOTHING}${id}.${randomUUID()}`);
        const previous = installed.get(id);
        const previousBroken = broken.get(id);
        const previousRelease = releases.get(id);
        const record: InstallRecord = {
          schema: 1,
          hash,
          size: content.component.length,
          imports: content.header.imports.map(({ name }) => name),
          exports: exportedFunctions(content.header).slice(0, MAX_SHOWN_NAMES),
          grants,
          resolved,
          ...switchOf(previous?.record),
          installedAt: Date.now(),
        };
        await refuseStranger(folder);
        const release = await componentFiles.put(hash, content.component);
        try {
          await writeCapsule(staging, content, record);
          if (!(await renameIfThere(folder, previousFolder))) {
            await mkdir(nothing);
          }
          await rename(staging, folder);
        } catch (error) {
          await rm(staging, { recursive: true, force: true });
          await renameIfThere(previousFolder, folder);
          await rm(nothing, { recursive: true, force: true });
          await release();
          throw error;
        }
        const capsule: InstalledCapsule = { manifest: content.manifest, record };
        installed.set(id, capsule);
        releases.set(id, release);
        broken.delete(id);
        return {
          capsule,
          async commit() {
            // What an earlier undo left would replace it at the next start. Its own is the last: with it, it is done.
            const own = [basename(previousFolder), basename(nothing)];
            const others = (await leftoversOf(capsules, id)).filter((name) => !own.includes(name));
            await takeOut([...others, ...own]);
            await giveBack(previousRelease);
          },
          rollback: () =>
            changes.run(id, async () => {
              const discarded = basename(staging);
              await renameIfThere(folder, join(capsules, discarded));
              await renameIfThere(previousFolder, folder);
              installed.delete(id);
              if (previous !== undefined) {
                installed.set(id, previous);
              }
              if (previousBroken !== undefined) {
                broken.set(id, previousBroken);
              }
              releases.delete(id);
              if (previousRelease !== undefined) {
                releases.set(id, previousRelease);
              }
              await takeOut([basename(nothing), discarded]);
              await giveBack(release);
            }),
        };
      }),

    setEnabled: (id, enabled, because) =>
      changes.run(id, () => {
        const capsule = requireInstalled(installed, id);
        const record = switchedRecord(capsule.record, enabled, because);
        if (because !== undefined) {
          installed.set(id, { ...capsule, record });
        }
        return changeRecord(capsule, record);
      }),

    pin: (id, entry) =>
      changes.run(id, async () => {
        const capsule = installed.get(id);
        if (capsule !== undefined) {
          const { record } = capsule;
          await changeRecord(capsule, { ...record, resolved: withPin(record.resolved ?? [], entry) });
        }
      }),

    remove: (id) =>
      changes.run(id, async () => {
        if (!broken.has(id)) {
          requireInstalled(installed, id);
        }
        await takeOut([id, ...(await leftoversOf(capsules, id))]);
        installed.delete(id);
        broken.delete(id);
        const release = releases.get(id);
        releases.delete(id);
        await giveBack(release);
      }),

    readComponent: componentFiles.read,
  };
}

function requireInstalled(installed: ReadonlyMap<string, InstalledCapsule>, id: string): InstalledCapsule {
  const capsule = installed.get(id);
  if (capsule === undefined) {
    throw capsuleError(
      'capsule-not-found',
      `No such capsule: ${JSON.stringify(id)}.`,
      'Choose an installed capsule.',
    );
  }
  return capsule;
}

async function readInstalled(folder: string): Promise<InstalledCapsule> {
  const record = parseRecord((await readRegularFile(join(folder, RECORD_NAME))).toString('utf8'));
  return { manifest: parseManifest(await readRegularFile(join(folder, MANIFEST_NAME))), record };
}

/** Everything but the component, which is stored by its content. */
async function writeCapsule(folder: string, content: CapsuleContent, record: InstallRecord): Promise<void> {
  const componentFile = content.manifest.component?.file;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const file of content.files.values()) {
    if (file.path !== componentFile) {
      const path = join(folder, ...file.path.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await file.read(), { flag: 'wx' });
    }
  }
  await writeFileAtomically(join(folder, RECORD_NAME), JSON.stringify(record, null, 2));
}

/** False when there was nothing to rename. */
async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
