import { TypedError } from '../base/typed-error.ts';
import type { ExitReason, ExitView, ProcessPhase } from '../contract/views.ts';
import { isTopic } from '../policy/topics.ts';
import type { ManagedProcess } from '../processes/process/managed-process.ts';
import type { ProcessRegistry } from '../processes/registry/registry.ts';
import type { MessageBus } from './bus.ts';

/**
 * `astrid.process.v1.<phase>.<suffix>`: the topics that the public contract names. Only the host speaks on
 * them, and only the owner hears it.
 */
const TOPICS = 'astrid.process.v1';

/** Why a watched process ended, in the contract's words. */
type WatchReason = 'self-exit' | 'killed' | 'reaped-ttl' | 'reaped-shutdown';

/** The phases that a guest knows; a stop under way is still `running`. */
type GuestPhase = Exclude<ProcessPhase, 'stopping'>;

interface Watch {
  readonly process: ManagedProcess;
  readonly suffix: string;
  /** The latest phase that is no news any more. */
  known: GuestPhase;
  /** Whether anybody got the latest event. */
  heard: boolean;
}

/**
 * Tells the owners of watched processes how these change: each change once, on the bus. A watch outlives the
 * instance that asked for it, and ends with `unwatch` or when the process is forgotten.
 */
export class ProcessWatches {
  readonly #bus: MessageBus;
  /** By key of the process. */
  readonly #watches = new Map<string, Watch>();
  readonly #leave: () => void;

  constructor(registry: Pick<ProcessRegistry, 'onChange'>, bus: MessageBus) {
    this.#bus = bus;
    this.#leave = registry.onChange((change) => {
      if (change.kind === 'process-removed') {
        this.#watches.delete(change.key);
      } else if (change.kind === 'process') {
        this.#tell(this.#watches.get(change.process.key));
      }
    });
  }

  /**
   * Watching twice is watching once; the latest suffix counts. A process that has ended already is told of at
   * once, or who watches a moment too late would wait for ever; told again only if nobody heard it.
   *
   * @param suffix last segment of the topic; the process's id when null, which is one segment itself
   * @throws TypedError `invalid-input` for a suffix that is not one segment
   */
  watch(process: ManagedProcess, suffix: string | null): void {
    const old = this.#watches.get(process.key);
    const isNews = process.exit !== null && old?.heard !== true;
    const watch: Watch = {
      process,
      suffix: requireSuffix(suffix) ?? process.id,
      known: isNews ? 'running' : phaseOf(process),
      heard: old?.heard ?? false,
    };
    this.#watches.set(process.key, watch);
    this.#tell(watch);
  }

  /** Nothing is told any more. Fine when nothing was watched. */
  unwatch(process: ManagedProcess): void {
    this.#watches.delete(process.key);
  }

  dispose(): void {
    this.#leave();
    this.#watches.clear();
  }

  #tell(watch: Watch | undefined): void {
    if (watch === undefined || phaseOf(watch.process) === watch.known) {
      return;
    }
    const { process, suffix } = watch;
    watch.known = phaseOf(process);
    const topic = `${TOPICS}.${watch.known}.${suffix}`;
    watch.heard = this.#bus.publishSystem(topic, describe(process, watch.known), process.owner) > 0;
  }
}

/** @throws TypedError `invalid-input` */
function requireSuffix(suffix: string | null): string | null {
  if (suffix !== null && (suffix.includes('.') || !isTopic(`${TOPICS}.running.${suffix}`))) {
    throw new TypedError(
      'invalid-input',
      'The suffix is not a valid topic segment.',
      'Use letters, digits, "_" and "-".',
    );
  }
  return suffix;
}

function phaseOf({ phase }: ManagedProcess): GuestPhase {
  return phase === 'stopping' ? 'running' : phase;
}

/** The id is for the owner alone, who gave the audience; it lets one subscription serve many processes. */
function describe({ id, plan, exit }: ManagedProcess, phase: GuestPhase): object {
  const what = { id, label: plan.label, phase };
  return exit === null ? what : { ...what, ...describeExit(exit) };
}

function describeExit({ code, signal, reason }: ExitView): object {
  return { exit_code: code, signal, reason: watchReason(reason) };
}

function watchReason(reason: ExitReason): WatchReason {
  switch (reason) {
    case 'self':
      return 'self-exit';
    case 'idle':
    case 'lifetime':
      return 'reaped-ttl';
    case 'unloaded':
    case 'shutdown':
      return 'reaped-shutdown';
    case 'stopped':
    case 'killed':
    case 'cancelled':
    case 'memory-limit':
    case 'cpu-limit':
    case 'pids-limit':
    case 'disk-quota':
      return 'killed';
  }
}
