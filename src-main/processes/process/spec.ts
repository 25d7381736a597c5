import type { Clock } from '../../base/clock.ts';
import type { ProcessTier } from '../../contract/views.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import type { SpawnSpec } from '../../os/child/spawn.ts';
import { planLimits } from '../usage/child-limits.ts';
import type { TreeLimits } from '../usage/child-limits.ts';
import {
  DEFAULT_EXIT_RETENTION_MS,
  DEFAULT_IDLE_TIMEOUT_MS,
  DEFAULT_RING_BYTES,
  DEFAULT_SYNC_LIFETIME_MS,
  MAX_EXIT_RETENTION_MS,
  MAX_IDLE_TIMEOUT_MS,
  MAX_LABEL_BYTES,
  MAX_LIFETIME_MS,
  MAX_PRELUDE_BYTES,
  MAX_RING_BYTES,
  MIN_RING_BYTES,
} from '../limits.ts';
import type { Overflow } from '../output/log-ring.ts';
import { ProcessError } from '../process-error.ts';
import { cutCommand, type ShownCommand } from './cut-command.ts';
import type { ResourceWatch } from '../usage/resource-watch.ts';

/** Who a process was started for. Calls by id compare `capsule` (its current installation) and `principal`. */
export interface ProcessOwner {
  readonly capsule: string;
  readonly principal: string;
  /** The invocation, or null for none (a run loop); a cancel of it finds its processes by this. */
  readonly call: string | null;
}

/** What to start. Everything here has passed the gate. */
export interface ProcessSpec extends Omit<SpawnSpec, 'stdin'> {
  /** As it was asked for; only shown. What is started is `program`. */
  readonly command: string;
  /** Given to the program as its first input, at most 4 MiB. Not copied: must not be changed afterwards. */
  readonly stdin?: Uint8Array;
  /** Keeps the input open for `writeStdin`; without it the input ends after `stdin`. */
  readonly keepStdinOpen?: boolean;
  /** `drop-oldest` when absent. */
  readonly overflow?: Overflow;
  /** Per stream, clamped to 4 KiB–8 MiB; 1 MiB when absent. */
  readonly ringBytes?: number;
  /** Display name: at most 128 bytes without control characters; the command and its arguments when absent. */
  readonly label?: string;
  /** At most 6 h, which is also the default, but for `sync`: 5 min. */
  readonly maxLifetimeMs?: number;
  /** Persistent only; default 30 min, at most 6 h; 0 is refused. */
  readonly idleTimeoutMs?: number;
  /** Default 5 min, at most 1 h. */
  readonly exitRetentionMs?: number;
}

/** A `ProcessSpec` with every default filled in and every limit applied. */
export interface ProcessPlan {
  readonly command: string;
  readonly spawn: SpawnSpec;
  readonly limits: TreeLimits;
  readonly initialStdin: Uint8Array | null;
  readonly keepStdinOpen: boolean;
  readonly overflow: Overflow;
  readonly ringBytes: number;
  readonly label: string;
  readonly shownCommand: ShownCommand;
  readonly maxLifetimeMs: number;
  /** Null: not ended for idleness. */
  readonly idleTimeoutMs: number | null;
  readonly exitRetentionMs: number;
}

/** Starts a program; `SandboxSpawner.spawn` in production. */
export type Spawn = (spec: SpawnSpec) => Promise<SandboxedChild>;

export interface ManagedProcessOptions {
  /** Secret; never shown. */
  readonly id: string;
  /** Shown. */
  readonly key: string;
  readonly owner: ProcessOwner;
  readonly tier: ProcessTier;
  readonly plan: ProcessPlan;
  readonly clock: Clock;
  /** Ends it when its tree is over its limits. */
  readonly limits: Pick<ResourceWatch, 'add'>;
  /** Something of `view` changed; what growing output brings along says so at most once a second. */
  readonly onChange: () => void;
}

/** Throws `ProcessError` `too-large` or `invalid-input`. */
export function planProcess(spec: ProcessSpec, tier: ProcessTier): ProcessPlan {
  const { stdin, keepStdinOpen = false, overflow = 'drop-oldest', ringBytes = DEFAULT_RING_BYTES } = spec;
  if (stdin !== undefined && stdin.length > MAX_PRELUDE_BYTES) {
    throw new ProcessError(
      'too-large',
      `The initial stdin is too large: ${String(stdin.length)} bytes (limit: ${String(MAX_PRELUDE_BYTES)}).`,
      'Use keep-stdin-open and write the rest after the start.',
    );
  }
  if (spec.idleTimeoutMs === 0) {
    throw new ProcessError('invalid-input', 'Invalid idle timeout: 0.', 'Omit it to use the default.');
  }
  const maxLifetimeMs = Math.min(
    MAX_LIFETIME_MS,
    spec.maxLifetimeMs ?? (tier === 'sync' ? DEFAULT_SYNC_LIFETIME_MS : MAX_LIFETIME_MS),
  );
  const limits = planLimits(spec.limits, maxLifetimeMs);
  return {
    command: spec.command,
    spawn: { ...spec, limits: limits.kernel, stdin: stdin !== undefined || keepStdinOpen ? 'pipe' : 'none' },
    limits: limits.tree,
    initialStdin: stdin ?? null,
    keepStdinOpen,
    overflow,
    ringBytes: Math.min(MAX_RING_BYTES, Math.max(MIN_RING_BYTES, ringBytes)),
    shownCommand: cutCommand([spec.command, ...spec.args]),
    label: makeLabel(spec.label ?? [spec.command, ...spec.args].join(' ')),
    maxLifetimeMs,
    idleTimeoutMs:
      tier === 'persistent'
        ? Math.min(MAX_IDLE_TIMEOUT_MS, spec.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS)
        : null,
    exitRetentionMs: Math.min(MAX_EXIT_RETENTION_MS, spec.exitRetentionMs ?? DEFAULT_EXIT_RETENTION_MS),
  };
}

/** Without control characters, cut at the last whole character within 128 bytes of UTF-8. */
export function makeLabel(text: string): string {
  let label = '';
  let size = 0;
  // By code point; `\p{Cc}` are the C0 and C1 control characters.
  for (const character of text.replaceAll(/\p{Cc}/gu, '')) {
    size += Buffer.byteLength(character);
    if (size > MAX_LABEL_BYTES) {
      break;
    }
    label += character;
  }
  return label;
}
