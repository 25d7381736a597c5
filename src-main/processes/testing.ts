import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { SandboxSpawner } from '../os/child/spawn.ts';
import { DiskLooks } from '../os/disk/disk-looks.ts';
import { PrincipalStorage } from '../os/files/principal-storage.ts';
import { Homes, Workspaces } from '../os/files/workspaces.ts';
import { OS_THREADS, script, type ScriptOptions } from '../os/testing.ts';
import type { ManagedProcess } from './process/managed-process.ts';
import { ProcessRegistry } from './registry/registry.ts';
import type { StorageQuota } from './usage/storage-quota.ts';
import { StorageWatch } from './usage/storage-watch.ts';

export const MiB = 1024 * 1024;
/** How a program ends that brought its principal over the quota. */
export const ENDED = { code: null, signal: 9, reason: 'disk-quota' };

export interface Bench {
  readonly registry: ProcessRegistry;
  /** The workspace of a principal and capsule. */
  readonly folder: (principal?: string, capsule?: string) => Promise<string>;
  readonly start: (text: string, options?: StartOptions) => Promise<ManagedProcess>;
}

export interface StartOptions extends ScriptOptions {
  readonly principal?: string;
  readonly capsule?: string;
}

/** A registry whose principals may have so much on the disk; 8 MiB and 100 files when nothing is said. */
export function setUpStorage(quota: Partial<StorageQuota> = {}, threads = OS_THREADS): Bench {
  const root = mkdtempSync(join(tmpdir(), 'capsule-storage-'));
  const workspaces = new Workspaces(join(root, 'workspaces'));
  const homes = new Homes(join(root, 'homes'));
  const looks = new DiskLooks(join(threads, 'disk-thread.js'));
  const spawner = new SandboxSpawner(OS_THREADS);
  const storage = new StorageWatch({
    storage: new PrincipalStorage(looks, workspaces, homes, root),
    quotaOf: () => ({ bytes: 8 * MiB, entries: 100, ...quota }),
  });
  const registry = new ProcessRegistry({ spawn: (spec) => spawner.spawn(spec), clock: systemClock, storage });
  onTestFinished(async () => {
    await registry.dispose();
    await spawner.dispose();
    storage.dispose();
    await looks.dispose();
    rmSync(root, { recursive: true, force: true });
  });
  const folder: Bench['folder'] = async (principal = 'p', capsule = 'c') => {
    const workspace = await workspaces.open(principal, capsule);
    workspace.handle.close();
    return workspace.path;
  };
  return {
    registry,
    folder,
    start: async (text, { principal = 'p', capsule = 'c', ...more } = {}) => {
      const { stdin: _none, ...spec } = await script(await folder(principal, capsule), text, more);
      return registry.spawn({ principal, capsule, call: null }, 'ephemeral', spec);
    },
  };
}

/** A program in Perl. */
export const perl = (program: string): StartOptions => ({ command: 'perl', args: ['-e', program] });
