import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod/mini';
import { readJsonRecord } from '../../base/json-record.ts';
import type { Grants, Kernel } from '../../contract/kernel.ts';
import type { CapsuleView, InstallPlan } from '../../contract/views.ts';
import { writeFileAtomically } from '../../store/atomic-file.ts';
import { readOptionalFile } from '../../store/optional-file.ts';

/** What of the kernel this takes; `confirm` is recorded as an act of the application. */
export type BundleKernel = Pick<Kernel, 'inspect' | 'confirm' | 'cancelInstall' | 'capsules'>;

/** What was offered to this data folder already. */
const offeredRecord = z.object({
  /** Bundled files, by name and content. */
  files: z.array(z.string()),
  /** Components that were installed from there. */
  hashes: z.array(z.string()),
  /** Capsules that were installed from there. */
  ids: z.array(z.string()),
  /** The file that is being installed: still there at the next start when this one ended by it, or beside it. */
  underWay: z.exactOptional(z.string()),
});

type Offered = z.infer<typeof offeredRecord>;

type Report = (message: string, error: unknown) => void;

/**
 * Installs the capsules that ship with the application. They are ours, so they get what they ask for the first
 * time. After that a person's will counts: a newer one keeps the grants of the one that it replaces and stays
 * switched off, one that was removed stays removed, and one that came from elsewhere is left alone. One that was being
 * installed when the application ended unexpectedly is not tried again until it is another file.
 *
 * @param record remembers what was offered; a file that has not changed is not looked into
 */
export async function installBundled(
  kernel: BundleKernel,
  paths: readonly string[],
  record: string,
  report: Report,
): Promise<void> {
  const before = await readOffered(record, report);
  const hashes = new Set(before.hashes);
  const ids = new Set(before.ids);
  const files: string[] = [];
  let { underWay } = before;
  const known = [...before.files, ...(underWay === undefined ? [] : [underWay])];
  const write = (offered: Pick<Offered, 'files' | 'underWay'>): Promise<void> => {
    ({ underWay } = offered);
    const content: Offered = { ...offered, hashes: [...hashes], ids: [...ids] };
    return writeFileAtomically(record, JSON.stringify(content, null, 2));
  };
  if (underWay !== undefined) {
    report(
      'A bundled capsule was being installed when Capsule Desktop ended unexpectedly. It is not installed again.',
      underWay,
    );
  }
  for (const path of paths) {
    try {
      // By content: inside an installed program's archive a file has no time of its own.
      const file = `${basename(path)} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`;
      if (!known.includes(file)) {
        await write({ files: [...known, ...files], underWay: file });
        await offer(kernel, path, hashes, ids);
      }
      files.push(file);
    } catch (error) {
      report(`the bundled capsule ${path} could not be installed`, error);
    }
  }
  if (underWay !== undefined || files.join() !== before.files.join()) {
    await write({ files });
  }
}

async function offer(
  kernel: BundleKernel,
  path: string,
  hashes: Set<string>,
  ids: Set<string>,
): Promise<void> {
  const plan = await kernel.inspect(path);
  const installed = kernel.capsules().find(({ id }) => id === plan.id);
  const grants = grantsFor(plan, installed, hashes, ids);
  if (grants === null) {
    await kernel.cancelInstall(plan.token);
  } else {
    await kernel.confirm(plan.token, grants);
  }
  // Installed now or before; also when the record of that was lost.
  if (grants !== null || hashes.has(plan.hash) || installed?.hash === plan.hash) {
    hashes.add(plan.hash);
    ids.add(plan.id);
  }
}

/** What to install it with; null when things stay as they are. */
function grantsFor(
  { id, hash }: InstallPlan,
  installed: CapsuleView | undefined,
  hashes: ReadonlySet<string>,
  ids: ReadonlySet<string>,
): Grants | null {
  if (installed === undefined) {
    return hashes.has(hash) || ids.has(id) ? null : 'all';
  }
  if (hashes.has(hash) || installed.hash === hash || !hashes.has(installed.hash)) {
    return null;
  }
  return installed.capabilities.filter(({ granted }) => granted).map(({ name }) => name);
}

/** Nothing at the first start, and when the record is damaged: what is installed is then known by its content. */
async function readOffered(path: string, report: Report): Promise<Offered> {
  const nothing: Offered = { files: [], hashes: [], ids: [] };
  try {
    const text = await readOptionalFile(path);
    if (text === null) {
      return nothing;
    }
    const record = readJsonRecord('The record of bundled capsules', text, offeredRecord);
    if (record.ok) {
      return record.value;
    }
    report(`${record.problem} They are offered again.`, record.cause);
  } catch (error) {
    report('The record of bundled capsules cannot be read. They are offered again.', error);
  }
  return nothing;
}
