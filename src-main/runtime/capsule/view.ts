import type { CapsuleState, CapsuleView, LastCallView } from '../../contract/views.ts';
import { MAX_SHOWN_NAMES } from '../../capsules/limits.ts';
import { boundedNames } from '../../capsules/words/bounded-names.ts';
import { capabilityViews } from '../../capsules/words/capability-descriptions.ts';
import type { BrokenCapsule, InstalledCapsule } from '../../capsules/library/library.ts';
import type { DisabledBecause, InstallRecord } from '../../capsules/library/record.ts';
import type { CapsuleRuntime } from './runtime.ts';

/** What of a capsule is loaded. */
export interface LoadedState {
  readonly runtime: CapsuleRuntime | undefined;
  readonly failure: string;
  readonly safeMode: boolean;
}

const WAS_STARTING =
  'Disabled: it was starting when Capsule Desktop ended unexpectedly. Enable it to try again, or remove it.';

/** An installed capsule as the window and the command line see it. */
export function capsuleView(
  { manifest, record }: InstalledCapsule,
  loaded: LoadedState,
  lastCall: LastCallView | null,
): CapsuleView {
  const actions = [...new Set(manifest.actions.map(({ action }) => action))];
  const { runtime } = loaded;
  const { state, reason } = stateOf(record, loaded);
  return {
    id: manifest.id,
    version: manifest.version,
    description: manifest.description,
    hash: record.hash,
    size: record.size,
    enabled: record.enabled,
    disabledAfterUnexpectedEnd: wasStarting(record),
    state,
    stateReason: reason,
    restarts: runtime?.restarts ?? 0,
    imports: record.imports,
    exports: boundedNames(record.exports, MAX_SHOWN_NAMES),
    actions: actions.slice(0, MAX_SHOWN_NAMES),
    capabilities: capabilityViews(manifest.capabilities, record.grants, record.resolved ?? []),
    warnings: [...manifest.warnings, ...unlisted(actions.length - MAX_SHOWN_NAMES)],
    instances: runtime?.instances() ?? [],
    lastCall,
    installedAt: record.installedAt,
  };
}

/** Every event about a capsule carries its view, so its lists have an end. */
function unlisted(actions: number): readonly string[] {
  return actions <= 0
    ? []
    : [`Actions beside those that are listed: ${actions}. They can be invoked by name.`];
}

/** A folder that cannot be read back is shown, so that a person can remove it. */
export function brokenView({ id, reason }: BrokenCapsule): CapsuleView {
  return {
    id,
    version: '',
    description: '',
    hash: '',
    size: 0,
    enabled: false,
    disabledAfterUnexpectedEnd: false,
    state: 'failed',
    stateReason: `Cannot be loaded from the data folder: ${reason} Reinstall or remove it.`,
    restarts: 0,
    imports: [],
    exports: [],
    actions: [],
    capabilities: [],
    warnings: [],
    instances: [],
    lastCall: null,
    installedAt: 0,
  };
}

function wasStarting({ enabled, disabledBecause }: InstallRecord): boolean {
  return !enabled && disabledBecause === ('unexpected-end' satisfies DisabledBecause);
}

function stateOf(
  record: InstallRecord,
  { runtime, failure, safeMode }: LoadedState,
): { readonly state: CapsuleState; readonly reason: string } {
  if (!record.enabled) {
    return { state: 'disabled', reason: wasStarting(record) ? WAS_STARTING : 'Disabled.' };
  }
  if (safeMode) {
    return { state: 'not-started', reason: 'Not started: Capsule Desktop is in safe mode.' };
  }
  if (failure !== '') {
    return { state: 'failed', reason: failure };
  }
  const loop = runtime?.loopState();
  switch (loop?.kind) {
    case undefined:
      return { state: 'ready', reason: '' };
    case 'starting':
    case 'running':
      return { state: 'running', reason: loop.kind === 'starting' ? 'The run loop is starting.' : '' };
    case 'finished':
      return { state: 'ready', reason: 'The run loop has returned.' };
    case 'restarting':
      return { state: 'restarting', reason: `${loop.reason} It will restart automatically.` };
    case 'failed':
      return { state: 'failed', reason: loop.reason };
  }
}
