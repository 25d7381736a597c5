import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';
import type { Kernel, KernelEvent } from './contract/kernel.ts';
import { createKernel } from './kernel.ts';
import type { AuditEntry } from './store/audit-log.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The built workers; the preparation of a test run makes them from the source under test. */
export const WORKER_FOLDER = join(ROOT, 'out', 'kernel');

/** The folder of a test guest, built by the preparation of a test run. */
export function guestFolder(name: string): string {
  return join(ROOT, 'e2e', 'guests', name);
}

/** A new empty folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capsule-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface KernelUnderTest {
  readonly kernel: Kernel;
  readonly dataDir: string;
  readonly events: readonly KernelEvent[];
  /** What the host itself had to say. */
  readonly reported: readonly string[];
  /** Every audit record so far, in order. */
  readonly audit: () => Promise<readonly AuditEntry[]>;
}

/** A whole kernel on `dataDir`. The caller disposes it. */
export async function openKernel(dataDir: string): Promise<KernelUnderTest> {
  const reported: string[] = [];
  const kernel = await createKernel({
    dataDir,
    version: '0.0.0',
    electronVersion: null,
    workerFolder: WORKER_FOLDER,
    log: (line) => reported.push(line),
  });
  const events: KernelEvent[] = [];
  kernel.subscribe((event) => events.push(event));
  return { kernel, dataDir, events, reported, audit: () => readAudit(dataDir) };
}

/**
 * A kernel with a data folder of its own, both gone when the test is over. Only prepared components are
 * shared by the tests of a file, since preparing one takes half a second.
 */
export async function startKernel(): Promise<KernelUnderTest> {
  const dataDir = await temporaryFolder();
  await symlink(await sharedComponents(), join(dataDir, 'transpiled'));
  const started = await openKernel(dataDir);
  onTestFinished(() => started.kernel.dispose());
  return started;
}

let components: Promise<string> | undefined;

function sharedComponents(): Promise<string> {
  components ??= mkdtemp(join(tmpdir(), 'capsule-components-'));
  return components;
}

// Of each test file that imports this one.
afterAll(async () => {
  if (components !== undefined) {
    await rm(await components, { recursive: true, force: true });
  }
});

/** The records on disk; a record is there before its call is answered or shortly after, so poll for it. */
export async function readAudit(dataDir: string): Promise<readonly AuditEntry[]> {
  const text = await readFile(join(dataDir, 'audit', 'audit.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEntry);
}

/** Every file and folder below `folder`, sorted; for comparing before and after. */
export async function listing(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

/** A copy of a test guest as built, its manifest changed by replacing text. */
export async function guestCopy(
  name: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'build'));
  await cp(join(guestFolder(name), 'build', `${name}.wasm`), join(folder, 'build', `${name}.wasm`));
  const manifest = await readFile(join(guestFolder(name), 'Capsule.toml'), 'utf8');
  const changed = Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) {
      throw new Error(`the manifest of ${name} has no ${from}`);
    }
    return text.replace(from, to);
  }, manifest);
  await writeFile(join(folder, 'Capsule.toml'), changed);
  return folder;
}
