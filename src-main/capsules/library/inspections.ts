import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FolderOverlap, InstallPlan } from '../../contract/views.ts';
import { heldNames, intersect, type Capabilities } from '../../policy/capabilities.ts';
import { pinnedPath, type ResolvedEntry } from '../../policy/resolved-entry.ts';
import { filePlaces } from '../../policy/file-places.ts';
import { canonicalPlaces, sharedPlaces, type OpenPlace } from '../../policy/shared-places.ts';
import { overlapViews } from '../words/overlap-descriptions.ts';
import { boundedNames } from '../words/bounded-names.ts';
import { capabilityViews } from '../words/capability-descriptions.ts';
import { requireRunnable, type Contract } from '../component/check.ts';
import { exportedFunctions } from '../component/exported-functions.ts';
import { hashComponent, requireDeclaredHash } from '../component/hash.ts';
import { capsuleError } from '../errors.ts';
import { MAX_SHOWN_NAMES } from '../limits.ts';
import type { InstalledCapsule, Library } from './library.ts';
import { readSource } from '../source/source.ts';
import type { CapsuleContent } from '../source/content.ts';

/** What was read at an inspection and waits for a person's decision. */
export interface Inspected {
  readonly content: CapsuleContent;
  readonly hash: string;
  /** Where the entries of its capabilities led then. */
  readonly resolved: readonly ResolvedEntry[];
}

/** What a capsule is inspected against. */
export interface InspectionHost {
  readonly contract: Contract;
  /** Where the entries of its capabilities lead on this machine. */
  readonly resolve: (asked: Capabilities) => Promise<readonly ResolvedEntry[]>;
}

/** What an inspection saw, for one use. */
export interface Taken extends Inspected {
  /** What was installed under that name when a person was shown the plan; absent when nobody was shown one. */
  readonly shown?: { readonly installed: InstalledCapsule | undefined };
  /** Removes the copy on disk. */
  readonly discard: () => Promise<void>;
}

/** Looks at capsules without running any of them. */
export interface Inspections {
  readonly inspect: (path: string) => Promise<InstallPlan>;
  /** `inspect` for whoever has decided already: no plan, and nothing that another inspection could push out. */
  readonly inspectAndTake: (path: string) => Promise<Taken>;
  /** Takes what an inspection saw out of the plans that wait: from now on nobody else decides about it, and it stays. */
  readonly take: (token: string) => Taken;
  readonly cancel: (token: string) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

/**
 * Plans kept at a time, the oldest forgotten first: a window shows one, and one left open by a closed
 * window must not hold its copy on disk for ever.
 */
const MAX_PENDING = 8;

/**
 * @param folder for copies of what is inspected; emptied now, since nothing of an earlier run is needed. What cannot be
 *   removed is reported and stays.
 */
export async function openInspections(
  folder: string,
  library: Library,
  { contract, resolve: resolveEntries }: InspectionHost,
  report: (message: string, error: unknown) => void,
): Promise<Inspections> {
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
    report('could not remove the inspections of an earlier run', error),
  );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pending = new Map<string, Taken>();

  const read = async (path: string, token: string): Promise<Taken> => {
    const staging = join(folder, token);
    const discard = (): Promise<void> => rm(staging, { recursive: true, force: true });
    try {
      const content = await readSource(resolve(path), staging);
      const hash = hashComponent(content.component);
      requireDeclaredHash(content.manifest, hash);
      requireRunnable(content.header, contract);
      return { content, hash, resolved: await resolveEntries(content.manifest.capabilities), discard };
    } catch (error) {
      await discard();
      throw error;
    }
  };

  const forget = async (token: string): Promise<void> => {
    const entry = pending.get(token);
    pending.delete(token);
    await entry?.discard();
  };

  return {
    async inspect(path) {
      const token = randomUUID();
      const inspected = await read(path, token);
      const plan = planOf(token, path, inspected, library);
      pending.set(token, { ...inspected, shown: { installed: library.find(plan.id) } });
      const [oldest] = pending.keys();
      if (pending.size > MAX_PENDING && oldest !== undefined) {
        await forget(oldest);
      }
      return plan;
    },

    inspectAndTake: (path) => read(path, randomUUID()),

    take(token) {
      const inspected = pending.get(token);
      // A second use of the same token finds nothing.
      pending.delete(token);
      if (inspected === undefined) {
        throw capsuleError(
          'inspection-gone',
          'This inspection has expired; nothing was installed.',
          'Choose the file or folder again.',
        );
      }
      return inspected;
    },

    cancel: forget,

    async dispose() {
      pending.clear();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function planOf(
  token: string,
  source: string,
  { content: { kind, manifest, component, header }, hash, resolved }: Inspected,
  library: Library,
): InstallPlan {
  const installed = library.find(manifest.id);
  return {
    token,
    source,
    kind,
    id: manifest.id,
    version: manifest.version,
    description: manifest.description,
    hash,
    size: component.length,
    imports: header.imports.map(({ name }) => name),
    exports: boundedNames(exportedFunctions(header), MAX_SHOWN_NAMES),
    capabilities: capabilityViews(
      manifest.capabilities,
      grantedBefore(manifest.capabilities, resolved, installed),
      resolved,
    ),
    overlaps: overlapsOf(manifest.id, placesOf(manifest.capabilities, resolved), library),
    warnings: manifest.warnings,
    replaces: installed?.manifest.version ?? null,
  };
}

/** With every other installed capsule, the disabled ones too: what was granted to them stays granted. */
function overlapsOf(id: string, places: readonly OpenPlace[], library: Library): readonly FolderOverlap[] {
  return library
    .list()
    .filter(({ manifest }) => manifest.id !== id)
    .flatMap(({ manifest, record }) => {
      const granted = intersect(manifest.capabilities, record.grants);
      return overlapViews(manifest.id, sharedPlaces(places, placesOf(granted, record.resolved ?? [])));
    });
}

function placesOf(capabilities: Capabilities, resolved: readonly ResolvedEntry[]): readonly OpenPlace[] {
  return canonicalPlaces(filePlaces(capabilities), resolved);
}

/**
 * Rights that the installed capsule of that name has to the same extent. One that asks for more now, or whose names
 * lead elsewhere on this machine by now, was not granted.
 */
function grantedBefore(
  asked: Capabilities,
  resolved: readonly ResolvedEntry[],
  installed: InstalledCapsule | undefined,
): readonly string[] {
  if (installed === undefined) {
    return [];
  }
  const { manifest, record } = installed;
  const held = intersect(manifest.capabilities, record.grants);
  const moved = resolved.filter(({ kind, asked: entry, real }) => {
    const before = pinnedPath(record.resolved ?? [], kind, entry);
    return before !== null && before !== real;
  });
  return heldNames(held).filter((name) => {
    const [wanted, had] = [asked[name], held[name]];
    if (typeof wanted === 'boolean' || typeof had === 'boolean') {
      return true;
    }
    const kind = name === 'host_process' ? 'program' : 'folder';
    const hasMoved = (entry: string): boolean =>
      moved.some((each) => each.kind === kind && each.asked === entry);
    return wanted.every((entry) => had.includes(entry) && !hasMoved(entry));
  });
}
