import {
  hashInSlices,
  INJECTED_FOLDER,
  whyNotAt,
  type InjectedFiles,
} from '../../os/files/injected-files.ts';
import { openedPaths, type Opened } from '../../os/files/opened.ts';
import { opensNetwork } from '../../policy/capabilities.ts';
import { normalizePath } from '../../policy/file-injections.ts';
import type { ManagedProcess } from '../../processes/process/managed-process.ts';
import type { ProcessRegistry } from '../../processes/registry/registry.ts';
import type { ErrorCode } from '../generated/astrid-process-1-1-0.ts';
import type { Call } from '../pipeline/host-function.ts';
import { WitError } from '../pipeline/wit-error.ts';
import { openPlaces, openProgram, type PlaceServices, type ProcessPlaces } from './places.ts';
import { HAS_MOUNTS, type Spawn } from './spawn.ts';

/** What starting a process needs of the rest of the host. */
export interface StartServices extends PlaceServices {
  readonly registry: ProcessRegistry;
  readonly files: InjectedFiles;
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
  /** Live background processes that the principal's profile allows. */
  readonly maxConcurrent: (principal: string) => number;
}

/** Output of one stream that `spawn` returns at most; what came before is named in the text. */
export const SYNC_OUTPUT_BYTES = 8 * 1_024 * 1_024;

/**
 * Starts what a guest asks for, in the tier of the function it called.
 *
 * @throws WitError, `OsError` or `ProcessError`, or what the gate throws; then nothing runs and no file is left
 */
export async function startProcess(
  services: StartServices,
  call: Call,
  tier: ManagedProcess['tier'],
  spawn: Spawn,
): Promise<ManagedProcess> {
  const places = await openPlaces(services, call, spawn.checked);
  try {
    return await startIn(places, services, call, tier, spawn);
  } finally {
    places.close();
  }
}

async function startIn(
  places: ProcessPlaces,
  services: StartServices,
  call: Call,
  tier: ManagedProcess['tier'],
  spawn: Spawn,
): Promise<ManagedProcess> {
  const { checked } = spawn;
  const { command, args, options } = checked;
  const program = await openProgram(services, call, command, places);
  const injected = await inject(services.files, spawn, places);
  try {
    const spec = {
      ...options,
      command,
      args,
      program,
      cwd: places.cwd,
      workspace: places.workspace,
      folders: places.folders,
      injections: injected.mounts,
      network: opensNetwork(call.rights),
      env: {
        ...checked.env,
        ...(places.home === null ? {} : { HOME: places.home }),
        ...injected.env,
      },
    };
    const child = await services.registry.spawn(
      { capsule: call.capsule, principal: call.principal, call: call.invocation?.id ?? null },
      tier,
      tier === 'sync' ? { ...spec, ringBytes: SYNC_OUTPUT_BYTES, overflow: 'drop-oldest' } : spec,
      { maxConcurrent: services.maxConcurrent(call.principal), signal: call.signal },
    );
    injected.close();
    void child.exited.then(injected.remove);
    spawn.key = child.key;
    return child;
  } catch (error) {
    await injected.remove();
    throw error;
  }
}

interface Injected {
  readonly mounts: NonNullable<Opened['injections']>;
  /** Variables that say where the files without a place of the guest's choosing are. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => void;
  readonly remove: () => Promise<void>;
}

async function inject(files: InjectedFiles, spawn: Spawn, places: ProcessPlaces): Promise<Injected> {
  const { injections } = spawn.checked;
  if (injections.length === 0) {
    return { mounts: [], env: {}, close: () => undefined, remove: () => Promise.resolve() };
  }
  const { workspace, readOnly, writable } = openedPaths(places);
  const opened = [workspace, ...readOnly, ...writable];
  const fixed = injections.flatMap(({ placement: { tag, val } }) =>
    tag === 'fixed-path' ? [normalizePath(val)] : [],
  );
  for (const target of fixed) {
    const problem = whyNotAt(target, opened);
    if (problem !== null) {
      throw new WitError<ErrorCode>({ tag: 'invalid-input' }, { reason: problem });
    }
  }
  const { files: copies, close, remove } = await files.write(injections.map(({ content }) => content));
  const hashes: string[] = [];
  for (const { content } of injections) {
    // One after the other: all at once would be one long turn after all.
    hashes.push(await hashInSlices(content));
  }
  spawn.hashed(hashes);
  const mounts = copies.map((file, index) => {
    const own = HAS_MOUNTS ? `${INJECTED_FOLDER}/${String(index)}` : file.path;
    const placement = injections[index]?.placement;
    return { file, target: placement?.tag === 'fixed-path' ? normalizePath(placement.val) : own };
  });
  const pointers = injections.flatMap(({ placement: { tag, val } }, index) =>
    tag === 'env-pointer' ? [[val, mounts[index]?.target ?? ''] as const] : [],
  );
  return { mounts, env: Object.fromEntries(pointers), close, remove };
}
