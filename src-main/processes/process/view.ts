import type { ExitView, LogStream, ProcessPhase, ProcessView, StopView } from '../../contract/views.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import type { ProcessUsage } from '../../os/proc/tree-usage.ts';
import type { ProcessTimes } from './process-times.ts';
import type { ManagedProcessOptions } from './spec.ts';
import type { ProcessOutput } from '../output/process-output.ts';

/** What a guest may ask about its process, beside its view. */
export interface ProcessInfo {
  /** Whole milliseconds, as the next. */
  readonly ageMs: number;
  readonly idleMs: number;
  /** Retained output that `drain` has not given out, both streams. */
  readonly bufferedBytes: number;
  /** Output that went before the owner had read it, both streams. */
  readonly bytesDropped: number;
  /** As the watch last saw it: guests may ask as often as they like. Null when the program was gone before it could be seen. */
  readonly usage: ProcessUsage | null;
}

/** A process as it stands, from which both answers are made. */
export interface ProcessState extends Pick<ManagedProcessOptions, 'key' | 'owner' | 'tier' | 'plan'> {
  readonly phase: ProcessPhase;
  readonly frozen: boolean;
  readonly times: Pick<ProcessTimes, 'startedAt' | 'exitedAt' | 'ageMs'>;
  readonly idleMs: number;
  readonly exit: ExitView | null;
  readonly stop: StopView | null;
  readonly stdinOpen: boolean;
  readonly child: SandboxedChild | undefined;
  readonly streams: Readonly<Record<LogStream, ProcessOutput>>;
}

export function viewProcess({ plan, owner, child, streams, ...state }: ProcessState): ProcessView {
  const running = state.exit === null;
  const { stdout, stderr } = streams;
  return {
    key: state.key,
    capsule: owner.capsule,
    principal: owner.principal,
    tier: state.tier,
    label: plan.label,
    command: plan.shownCommand.words,
    commandCut: plan.shownCommand.cut,
    phase: state.phase,
    frozen: running && state.frozen,
    osPid: running ? (child?.programPid ?? null) : null,
    startedAt: state.times.startedAt,
    exitedAt: state.times.exitedAt,
    exit: state.exit,
    stop: state.stop,
    stdinOpen: running && state.stdinOpen,
    stdout: stdout.view,
    stderr: stderr.view,
    blockedOnOutput: running && (stdout.blocked || stderr.blocked),
    limits: {
      memoryBytes: plan.limits.memoryBytes,
      cpuMs: plan.limits.cpuMs,
      tasks: plan.limits.tasks,
    },
    // As last seen: a view is made for every change, and must not cost a look.
    usage: child?.usage() ?? null,
    sandbox: { kind: 'bubblewrap', network: plan.spawn.network, workspace: plan.spawn.workspace.path },
  };
}

export function informOwner({ child, streams, ...state }: ProcessState): ProcessInfo {
  const { stdout, stderr } = streams;
  return {
    ageMs: Math.floor(state.times.ageMs),
    idleMs: Math.floor(state.idleMs),
    bufferedBytes: stdout.undrained + stderr.undrained,
    bytesDropped: stdout.lostUnread + stderr.lostUnread,
    usage: child?.usage() ?? null,
  };
}
