import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../base/clock.ts';
import { DisposableStore, type Dispose } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { TypedError } from '../base/typed-error.ts';
import { MessageBus } from '../bus/bus.ts';
import { createResolvedEntries, resolveEntries } from '../capsules/library/entry-paths.ts';
import { openInspections } from '../capsules/library/inspections.ts';
import { openLibrary } from '../capsules/library/library.ts';
import type { Kernel, KernelEvent } from '../contract/kernel.ts';
import type { BuildView, SafeModeReason } from '../contract/views.ts';
import { createHostOperations } from '../host/host-operations.ts';
import { createPipeline } from '../host/pipeline/pipeline.ts';
import { whyNoDataFolder } from '../os/files/data-folder.ts';
import { GrantedPaths } from '../os/files/granted-paths.ts';
import { createLedger } from '../policy/charges.ts';
import type { StorageQuotas } from '../policy/profile.ts';
import { CapsuleManager } from '../runtime/capsule/manager.ts';
import { createComponentCache, sweepComponentCache } from '../runtime/component/cache.ts';
import { openAuditLog } from '../store/audit-log.ts';
import { lockDataFolder } from '../store/data-folder-lock.ts';
import { beginSession } from '../store/session-record.ts';
import { openStartMarks } from '../store/start-marks.ts';
import { createAct } from './acts.ts';
import { createApi } from './api.ts';
import { startChores } from './chores.ts';
import { disableEarlierStarts } from './earlier-starts.ts';
import { openGuests, type GuestOptions } from './guests.ts';
import { createInstall } from './install.ts';
import { contract, requireCompilable } from './contract.ts';
import { createLifetime } from './lifetime.ts';
import { SAFE_MODE_AFTER_EARLY_ENDS } from './limits.ts';
import { openIpc } from './ipc.ts';
import { openProcesses } from './processes.ts';
import { openSys } from './sys.ts';

export interface KernelOptions {
  /** Everything that outlives a run is below this folder; it is created with access for its owner only. */
  readonly dataDir: string;
  readonly version: string;
  /** Null when there is no Electron. */
  readonly electronVersion: string | null;
  /** For `about()`; run from source when absent. */
  readonly build?: BuildView | null;
  /** `.capsule` files that ship with the application: installed once, with what they ask for. */
  readonly bundled?: readonly string[];
  /** Starts nothing of any capsule, whatever the last sessions were like; see `about().safeMode`. */
  readonly safeMode?: boolean;
  /** Where components are transpiled and run; threads when absent. */
  readonly guests?: GuestOptions['kind'];
  /** Opens pages in which components run instead, where the program can have such. */
  readonly openGuestPage?: GuestOptions['openPage'];
  /** The host's own log, one line a call. */
  readonly log?: (line: string) => void;
  /** What every principal may have on the disk, in place of the defaults. Positive. */
  readonly quotas?: Partial<StorageQuotas>;
  /** Folder of the built workers; `../kernel` beside the program's own folder when absent. */
  readonly workerFolder?: string;
}

/**
 * Builds the runtime and owns everything in it: the one composition root. See docs/kernel.md.
 *
 * @throws TypedError when the data folder cannot be used
 */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const unusable = await whyNoDataFolder(options.dataDir);
  if (unusable !== null) {
    throw dataFolderUnusable(options.dataDir, unusable);
  }
  const root = new DisposableStore();
  try {
    return await assemble(options, root);
  } catch (error) {
    // A failure to close what is half open is only a consequence.
    await root.dispose().catch(() => undefined);
    throw isSystemError(error) ? dataFolderUnusable(options.dataDir, error.message, error) : error;
  }
}

async function assemble(options: KernelOptions, root: DisposableStore): Promise<Kernel> {
  const { dataDir } = options;
  const log = options.log ?? (() => undefined);
  const report = (message: string, error: unknown): void => log(`${message}: ${describe(error)}`);
  const workerFolder = options.workerFolder ?? fileURLToPath(new URL('../kernel/', import.meta.url));
  const clock = systemClock;
  const events = new Emitter<KernelEvent>((error) => report('a kernel listener failed', error));

  // Taken first and given back last: two kernels would wipe each other's copies and fork the audit's chain.
  root.add(await lockDataFolder(dataDir, clock));
  // Before anything of a capsule is touched: whatever ends this program from now on counts.
  const session = await beginSession(dataDir, report);
  root.add(session.end);
  const starts = await openStartMarks(dataDir, report);
  root.add(starts.end);
  const safeMode = safeModeReason(options.safeMode ?? false, session.earlyEnds);
  if (safeMode !== null) {
    log(
      `safe mode: ${safeMode === 'requested' ? 'requested' : `${session.earlyEnds} unexpected ends in a row`}`,
    );
  }
  const audit = await openAuditLog(join(dataDir, 'audit'), { clock, report });
  root.add(audit.close);
  const library = await openLibrary(dataDir, report);
  const sys = openSys({
    folder: join(dataDir, 'logs'),
    clock,
    library,
    fire: (event) => events.fire(event),
    report,
  });
  root.add(sys.dispose);
  const paths = new GrantedPaths(dataDir);
  const inspections = await openInspections(
    join(dataDir, 'inspections'),
    library,
    { contract, resolve: (capabilities) => resolveEntries(capabilities, paths) },
    report,
  );
  root.add(inspections.dispose);
  const lifetime = createLifetime(root);
  let endChores: Dispose = () => undefined;
  // Late in the disposal: without manager and transpiler an installation under way fails at once, and is undone.
  root.add(async () => {
    await Promise.all([endChores(), lifetime.settled()]);
  });
  const bus = new MessageBus();
  const processes = openProcesses({
    dataDir,
    clock,
    bus,
    paths,
    osThreads: workerFolder,
    quotas: options.quotas ?? {},
  });
  const ipc = openIpc(bus);
  root.add(ipc.dispose);
  root.add(processes.dispose);
  root.add(processes.subscribe((event) => events.fire(event)));
  const guests = openGuests({
    kind: options.guests ?? 'threads',
    openPage: options.openGuestPage,
    workerFolder,
    processes,
    report,
  });
  root.add(guests.dispose);
  const cacheFolder = join(dataDir, 'transpiled');
  if (safeMode === null) {
    await sweepComponentCache(cacheFolder, report);
  }
  const cache = createComponentCache(cacheFolder, guests.transpiler, requireCompilable);

  const pipeline = createPipeline({
    operations: createHostOperations({
      processes: processes.services,
      ipc: ipc.services,
      sys: sys.services,
    }),
    ledger: createLedger(clock),
    resolved: createResolvedEntries(library, audit, clock),
    // There is nobody yet who could be asked; what needs a person's word is refused.
    ask: () => Promise.resolve(false),
    clock,
    audit: audit.append,
    withoutIds: processes.withoutIds,
    report,
  });
  const manager = new CapsuleManager({
    library,
    cache,
    starts,
    safeMode: safeMode !== null,
    clock,
    pipeline,
    guestProcesses: guests.guestProcesses,
    monotonicAnchorNs: process.hrtime.bigint(),
    stopProcesses: processes.stopCapsule,
    cancelProcesses: processes.cancelInvocation,
    onChange: (capsule) => events.fire({ kind: 'capsule', capsule }),
    onRemoved: (id) => {
      processes.giveUpCapsule(id);
      events.fire({ kind: 'capsule-removed', id });
    },
    report,
  });
  // Processes first: their time to tidy up begins before the instances that hold them end.
  root.add(async () => {
    await Promise.all([processes.registry.dispose(), manager.dispose()]);
  });

  const changing = { inspections, manager, lifetime };
  const kernel = createApi({
    ...changing,
    processes,
    events,
    act: createAct(audit, clock, 'operator'),
    about: {
      version: options.version,
      build: options.build ?? null,
      electron: options.electronVersion,
      node: process.versions.node,
      dataDir,
      safeMode,
      sandbox: await processes.sandbox,
    },
    report,
  });
  // Nobody decides about what ships with the application, nor about what ended it; the audit log says so.
  const act = createAct(audit, clock, 'application');
  await disableEarlierStarts({ starts, library, manager, act, report });
  manager.start();
  const { confirm } = createInstall({ ...changing, act });
  endChores = startChores(
    { ...kernel, confirm },
    { dataDir, bundled: safeMode === null ? (options.bundled ?? []) : null, audit, clock, report },
  );
  // First of all: whoever asked for the end may not wait for all of it.
  root.add(async () => {
    await Promise.all([session.end(), starts.end()]);
  });
  return kernel;
}

function safeModeReason(requested: boolean, earlyEnds: number): SafeModeReason | null {
  if (earlyEnds >= SAFE_MODE_AFTER_EARLY_ENDS) {
    return 'unexpected-ends';
  }
  return requested ? 'requested' : null;
}

/** What Node throws when the system refuses; all that is opened before a kernel is there lies in its data folder. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function dataFolderUnusable(dataDir: string, why: string, cause?: NodeJS.ErrnoException): TypedError {
  return new TypedError(
    'data-folder-unusable',
    `The data folder ${dataDir} cannot be used: ${why}.`,
    'Check that it is a writable folder and that the disk has free space, or choose another folder.',
    { cause },
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
