import { isAbsolute } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { GrantedPaths } from '../../os/files/granted-paths.ts';
import type { Capabilities } from '../../policy/capabilities.ts';
import { filePlaces } from '../../policy/file-places.ts';
import type { ResolvedEntries, ResolvedEntry } from '../../policy/resolved-entry.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Library } from './library.ts';

/**
 * Where the commands and absolute paths that a manifest names lead on this machine, for showing and for holding
 * them to it. Entries below the workspace and the home folder are the host's own places and are not listed.
 */
export async function resolveEntries(
  asked: Capabilities,
  paths: GrantedPaths,
): Promise<readonly ResolvedEntry[]> {
  const folders = filePlaces(asked).filter(({ root }) => root === 'machine');
  const readOnly = folders.map(({ path }) => path);
  const resolved = await Promise.all([
    ...asked.host_process.map(async (command): Promise<ResolvedEntry> => {
      const inWorkspace = command.includes('/') && !isAbsolute(command);
      const found = inWorkspace
        ? { real: null, note: 'resolved in its workspace each time' }
        : await paths.entry(command, { cwd: '/', readOnly });
      return { kind: 'program', asked: command, ...found };
    }),
    ...folders.map(async ({ entry, path, access }): Promise<ResolvedEntry> => ({
      kind: 'folder',
      asked: entry,
      ...(await paths.folder(path, access)),
    })),
  ]);
  // Asked for to read and to write it is one place.
  return resolved.filter((one, at) => resolved.findIndex((other) => same(one, other)) === at);
}

/**
 * What the library remembers of where granted entries lead. An entry that is fixed at its first use is recorded
 * once, since the operator did not see it when granting.
 */
export function createResolvedEntries(library: Library, audit: AuditLog, clock: Clock): ResolvedEntries {
  return {
    of: (capsule) => library.find(capsule)?.record.resolved ?? [],
    async pin(capsule, principal, entry) {
      await library.pin(capsule, entry);
      await audit.append({
        at: clock.now(),
        capsule,
        principal,
        action: `host#pin-${entry.kind}`,
        target: `${entry.asked} → ${entry.real}`,
        outcome: 'allowed',
        reason: 'it did not resolve when it was granted',
      });
    },
  };
}

function same(one: ResolvedEntry, other: ResolvedEntry): boolean {
  return one.kind === other.kind && one.asked === other.asked;
}
