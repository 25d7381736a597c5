import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { MessageBus } from '../bus/bus.ts';
import { ProcessWatches } from '../bus/process-watches.ts';
import type { Kernel, KernelEvent } from '../contract/kernel.ts';
import { MAX_LOG_PAGE_BYTES } from '../contract/limits.ts';
import type { AboutView } from '../contract/views.ts';
import type { ProcessServices } from '../host/process/service.ts';
import type { GrantedPaths } from '../os/files/granted-paths.ts';
import { DiskLooks } from '../os/disk/disk-looks.ts';
import { InjectedFiles } from '../os/files/injected-files.ts';
import { PrincipalStorage } from '../os/files/principal-storage.ts';
import { OsError } from '../os/os-error.ts';
import type { Sandbox } from '../os/sandbox/probe.ts';
import { SandboxSpawner } from '../os/child/spawn.ts';
import { Homes, Workspaces } from '../os/files/workspaces.ts';
import { defaultProfile, storageQuotas, type StorageQuotas } from '../policy/profile.ts';
import { DEFAULT_STOP_GRACE_MS } from '../processes/limits.ts';
import { withoutIds } from '../processes/registry/process-id.ts';
import { ProcessRegistry } from '../processes/registry/registry.ts';
import { StorageWatch } from '../processes/usage/storage-watch.ts';
import { AUDIT_TEXT_BYTES } from '../store/limits.ts';

/** The kernel's part that has to do with OS processes. */
export interface KernelProcesses {
  readonly registry: ProcessRegistry;
  readonly services: ProcessServices;
  /** A text for an audit record, as long as that keeps it, with the key of a process in place of its id. */
  readonly withoutIds: (text: string) => string;
  readonly spawnOwn: SandboxSpawner['spawnOwn'];
  readonly limitRunning: SandboxSpawner['limitRunning'];
  readonly command: Kernel['command'];
  readonly readLogs: Kernel['readLogs'];
  readonly subscribe: (listener: (event: KernelEvent) => void) => () => void;
  /** Whether programs can be started here, and if not, why and what to do. Never rejects. */
  readonly sandbox: Promise<AboutView['sandbox']>;
  readonly stopCapsule: (capsule: string) => Promise<void>;
  /** What the capsule left is nobody's any more; it was removed. */
  readonly giveUpCapsule: (capsule: string) => void;
  readonly cancelInvocation: (invocation: string) => void;
  readonly dispose: () => Promise<void>;
}

export interface ProcessOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly bus: MessageBus;
  readonly paths: GrantedPaths;
  readonly osThreads: string;
  /** In place of the defaults; of every principal, since profiles are not stored. */
  readonly quotas: Partial<StorageQuotas>;
}

/** Builds the registry, and begins to find out whether the sandbox works here. Throws `TypedError` `invalid-input` for bad quotas. */
export function openProcesses({
  dataDir,
  clock,
  bus,
  paths,
  osThreads,
  quotas,
}: ProcessOptions): KernelProcesses {
  const { maxStorageBytes, maxStorageEntries } = storageQuotas(quotas);
  const spawner = new SandboxSpawner(osThreads);
  const workspaces = new Workspaces(join(dataDir, 'workspaces'));
  const homes = new Homes(join(dataDir, 'homes'));
  const looks = new DiskLooks(join(osThreads, 'disk-thread.js'));
  const storage = new StorageWatch({
    storage: new PrincipalStorage(looks, workspaces, homes, dataDir),
    quotaOf: () => ({ bytes: maxStorageBytes, entries: maxStorageEntries }),
  });
  const registry = new ProcessRegistry({
    spawn: (spec) => spawner.spawn(spec),
    clock,
    // Elsewhere no program is started, and the disk cannot be measured this way: the refusal is the sandbox's.
    ...(process.platform === 'linux' ? { storage } : {}),
  });
  const watches = new ProcessWatches(registry, bus);
  const files = new InjectedFiles(join(dataDir, 'injections'));
  const swept = files.sweep();
  // Whoever writes a file meets the same failure.
  swept.catch(() => undefined);
  const sandbox = spawner.sandbox().then(
    (found) => ({ ok: true, detail: sandboxDetail(found), fix: '' }),
    (error: unknown) =>
      error instanceof OsError
        ? { ok: false, detail: error.message, fix: error.hint }
        : { ok: false, detail: String(error), fix: 'See the log for details.' },
  );

  return {
    registry,
    services: {
      registry,
      watches,
      openWorkspace: (principal, capsule) => workspaces.open(principal, capsule),
      openHome: (principal) => homes.open(principal),
      paths,
      files,
      hostEnvironment: process.env,
      maxConcurrent: (principal) => defaultProfile(principal).quotas.maxBackgroundProcesses,
    },
    spawnOwn: (program) => spawner.spawnOwn(program),
    limitRunning: (pid, bytes) => spawner.limitRunning(pid, bytes),
    withoutIds: (text) => withoutIds(text, AUDIT_TEXT_BYTES, (id) => registry.keyOf(id)),
    command: (key) => {
      const { command, spawn } = registry.byKey(key).plan;
      return [command, ...spawn.args];
    },
    readLogs: (key, stream, cursor, maxBytes) =>
      registry.byKey(key).output(stream).readAt(cursor, Math.min(maxBytes, MAX_LOG_PAGE_BYTES)),
    subscribe: (listener) => registry.onChange((change) => listener(change)),
    sandbox,
    stopCapsule: (capsule) =>
      registry.stopAll(({ owner }) => owner.capsule === capsule, 'unloaded', DEFAULT_STOP_GRACE_MS),
    giveUpCapsule: (capsule) => registry.giveUp(capsule),
    cancelInvocation: (invocation) => void registry.cancelCall(invocation),
    async dispose() {
      await sandbox;
      await registry.dispose();
      watches.dispose();
      await spawner.dispose();
      storage.dispose();
      await looks.dispose();
      await files.dispose();
    },
  };
}

/** What it is made of, and where it is weaker than usual. */
function sandboxDetail({ bwrap, seccomp, limits }: Sandbox): string {
  return [
    `bubblewrap, ${bwrap.path}`,
    ...(seccomp.own !== null ? [] : ['no system call filter for this architecture']),
    limits.detail,
    // The kernel exempts root from the limit on processes; a fork bomb is then ended by watching alone.
    ...(process.getuid?.() === 0 && !limits.areHeld
      ? ['running as root: the process limit is enforced only by monitoring']
      : []),
  ].join('; ');
}
