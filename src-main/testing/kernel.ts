import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, inject, onTestFinished } from 'vitest';
import { linkEach } from '../../build/test/prepared-components.ts';
import type { Kernel, KernelEvent } from '../contract/kernel.ts';
import { createKernel, type KernelOptions } from '../kernel/kernel.ts';
import { TRANSPILE_RECIPE } from '../runtime/component/cache.ts';
import type { AuditEntry } from '../store/audit-chain.ts';
import { readAudit } from './read-audit.ts';
import { connectToPageHost } from './remote-pages.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The built workers; the preparation of a test run makes them from the source under test. */
export const WORKER_FOLDER = fileURLToPath(new URL('../../out/kernel', import.meta.url));

export interface KernelUnderTest {
  readonly kernel: Kernel;
  readonly dataDir: string;
  readonly events: readonly KernelEvent[];
  /** What the host itself had to say. */
  readonly reported: readonly string[];
  /** Every audit record so far, in order. */
  readonly audit: () => Promise<readonly AuditEntry[]>;
}

/** Where guests run that a test says nothing about: `GUESTS=processes npm run test:unit` tries another kind. */
const GUESTS = process.env['GUESTS'] === 'processes' ? 'processes' : 'threads';
/** In the project `pages`. */
const pages = process.env['GUESTS'] === 'pages' ? connectToPageHost() : null;

/** A whole kernel on `dataDir`. The caller disposes it. */
export async function openKernel(
  dataDir: string,
  guests: KernelOptions['guests'] = GUESTS,
): Promise<KernelUnderTest> {
  const reported: string[] = [];
  const kernel = await createKernel({
    dataDir,
    version: '0.0.0',
    electronVersion: null,
    workerFolder: WORKER_FOLDER,
    guests,
    ...(pages === null ? {} : { openGuestPage: pages.open }),
    log: (line) => reported.push(line),
  });
  const events: KernelEvent[] = [];
  kernel.subscribe((event) => events.push(event));
  return { kernel, dataDir, events, reported, audit: () => readAudit(dataDir) };
}

/** Instances and processes that live, by the latest event of each: a kernel that has ended is not asked any more. */
export function aliveByEvents(events: readonly KernelEvent[]): readonly string[] {
  const alive = new Map<string, readonly string[]>();
  for (const event of events) {
    if (event.kind === 'process') {
      const { key, phase } = event.process;
      alive.set(key, phase === 'exited' ? [] : [key]);
    } else if (event.kind === 'capsule') {
      const { id, instances } = event.capsule;
      alive.set(
        id,
        instances.map((instance) => instance.key),
      );
    }
  }
  return [...alive.values()].flat();
}

/** A new data folder in which the guests are prepared already; it is gone when the test is over. */
export async function dataFolder(): Promise<string> {
  const dataDir = await temporaryFolder();
  await linkPrepared(dataDir);
  return dataDir;
}

/** A kernel with a data folder of its own, both gone when the test is over. It finds the guests prepared. */
export async function startKernel(): Promise<KernelUnderTest> {
  const started = await openKernel(await dataFolder());
  onTestFinished(async () => {
    await started.kernel.dispose();
    await sharePrepared(started.dataDir);
  });
  return started;
}

/** The same for all tests of a file: both are gone when the last is over. */
export async function startSharedKernel(guests?: KernelOptions['guests']): Promise<KernelUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'capsule-test-'));
  await linkPrepared(dataDir);
  const started = await openKernel(dataDir, guests);
  afterAll(async () => {
    await started.kernel.dispose();
    await rm(dataDir, { recursive: true, force: true });
  });
  return started;
}

/** Every component that was prepared in this run. */
async function linkPrepared(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'transpiled');
  await mkdir(folder);
  linkEach(inject('preparedComponents'), folder);
}

/** What a test made of a guest, as another version of it, is there for the next. */
async function sharePrepared(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'transpiled');
  const entries = await readdir(folder, { withFileTypes: true });
  const made = entries.filter((entry) => entry.isDirectory() && entry.name.endsWith(TRANSPILE_RECIPE));
  // Of two tests that made the same, one comes too late.
  await Promise.allSettled(
    made.map(({ name }) => rename(join(folder, name), join(inject('preparedComponents'), name))),
  );
}
