/** Plain data the renderer and the command line see. Nothing here is secret: a process is named by a keyed hash. */

export type ProcessTier = 'sync' | 'ephemeral' | 'persistent';
export type ProcessPhase = 'starting' | 'running' | 'stopping' | 'exited';
export type LogStream = 'stdout' | 'stderr';
export type ProcessSignal = 'term' | 'hup' | 'usr1' | 'usr2' | 'int' | 'stop' | 'cont';

/** Why a process ended, as far as the host knows; `self` means that it exited without being asked to. */
export type ExitReason =
  | 'self'
  | 'stopped'
  | 'killed'
  | 'idle'
  | 'lifetime'
  | 'cancelled'
  | 'unloaded'
  | 'shutdown'
  | 'memory-limit'
  | 'cpu-limit'
  | 'pids-limit'
  | 'disk-quota';

export interface ExitView {
  /** Exit status, or null when a signal ended it. */
  readonly code: number | null;
  /** Signal number, or null when it exited by itself. */
  readonly signal: number | null;
  readonly reason: ExitReason;
}

/**
 * A stop in progress: INT (its call was cancelled) or TERM was sent at `since`, KILL follows at `killAt` unless the process ends
 * first. Epoch ms.
 */
export interface StopView {
  readonly step: 'int' | 'term' | 'kill';
  readonly since: number;
  readonly graceMs: number;
  readonly killAt: number;
  /** Whether the KILL can be cancelled: only that of a requested stop, not of one that the host needs. */
  readonly revocable: boolean;
}

/** One output stream, in bytes: `dropped + retained = produced`, exactly. */
export interface StreamView {
  readonly produced: number;
  readonly dropped: number;
  readonly retained: number;
  readonly capacity: number;
  readonly ended: boolean;
}

/** How far an output stream has grown. It may say so again, never of less than before. */
export interface OutputView extends Pick<StreamView, 'produced' | 'dropped'> {
  /** Of the process. */
  readonly key: string;
  readonly stream: LogStream;
}

/** What a process and all it started may use together before the host ends it. */
export interface LimitsView {
  readonly memoryBytes: number;
  /** Null: no limit but its lifetime. */
  readonly cpuMs: number | null;
  /** Processes and threads. */
  readonly tasks: number;
}

/** What a process and its descendants have used, as last measured. */
export interface UsageView {
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
}

export interface ProcessView {
  /** Keyed hash of the process-id: stable for the life of the entry, useless to a guest. */
  readonly key: string;
  readonly capsule: string;
  readonly principal: string;
  readonly tier: ProcessTier;
  readonly label: string;
  /** Program and arguments as far as `MAX_COMMAND_VIEW_BYTES` and `MAX_COMMAND_VIEW_WORDS` go; `Kernel.command` has all of it. */
  readonly command: readonly string[];
  /** Something of the command is missing at its end. */
  readonly commandCut: boolean;
  readonly phase: ProcessPhase;
  /** Stopped, by a signal of ours or by itself, and not continued yet: none of its threads can run. As last looked at. */
  readonly frozen: boolean;
  /** Pid of the program on this machine while it runs, null when not known. */
  readonly osPid: number | null;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly exitedAt: number | null;
  readonly exit: ExitView | null;
  readonly stop: StopView | null;
  readonly stdinOpen: boolean;
  readonly stdout: StreamView;
  readonly stderr: StreamView;
  /** True when the process is blocked because its output is not read (backpressure). */
  readonly blockedOnOutput: boolean;
  readonly limits: LimitsView;
  /** Null if it was never seen running. */
  readonly usage: UsageView | null;
  readonly sandbox: { readonly kind: 'bubblewrap'; readonly network: boolean; readonly workspace: string };
}

export type RiskTier = 'low' | 'medium' | 'high';

/** One capability that a manifest requests, described in plain English, and whether it is granted. */
export interface CapabilityView {
  readonly name: string;
  /** The list's entries, or none for a flag. */
  readonly values: readonly string[];
  /** What the entries that name a program or folder of this machine resolve to; `value` as in `values`. */
  readonly places: readonly CapabilityPlace[];
  readonly risk: RiskTier;
  readonly sentence: string;
  readonly granted: boolean;
}

/** What a command or an absolute path of a manifest means on this machine. */
export interface CapabilityPlace {
  readonly value: string;
  /** The real path, symbolic links followed; null when there is none, for the reason in `note`. */
  readonly path: string | null;
  readonly note: string;
}

/** Folders that two capsules may both open and at least one of them may change. */
export interface FolderOverlap {
  /** The installed one. */
  readonly capsule: string;
  /** Absolute paths and `home://` parts; of very many the last entry says how many more there are. */
  readonly folders: readonly string[];
  /** Which of the two may change what the other reads. */
  readonly sentence: string;
}

/** A live component in its worker. */
export interface InstanceView {
  readonly key: string;
  readonly kind: 'hook' | 'run' | 'lifecycle';
  readonly principal: string;
  readonly state: 'starting' | 'idle' | 'busy' | 'ended';
  readonly since: number;
}

/** `not-started`: enabled, but the application is in safe mode. */
export type CapsuleState = 'not-started' | 'ready' | 'running' | 'disabled' | 'restarting' | 'failed';

/** How the latest invocation ended, so that a trap or a time-out stays visible after the instance is gone. */
export interface LastCallView {
  /** At most `MAX_CALL_MESSAGE_BYTES`, cut at its end, as is the message. */
  readonly action: string;
  readonly principal: string;
  readonly outcome: 'ok' | 'refused' | 'trapped' | 'timed-out' | 'out-of-memory' | 'cancelled' | 'failed';
  readonly message: string;
  readonly at: number;
  readonly durationMs: number;
}

export interface CapsuleView {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  /** BLAKE3 of the component, 64 lower-case hex digits. */
  readonly hash: string;
  /** Size of the component in bytes. */
  readonly size: number;
  readonly enabled: boolean;
  /** Disabled by the application itself: it was starting when the application ended unexpectedly. Until it is enabled. */
  readonly disabledAfterUnexpectedEnd: boolean;
  readonly state: CapsuleState;
  /** An explanation, when the state needs one (failed, restarting, disabled). */
  readonly stateReason: string;
  readonly restarts: number;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** Actions that the manifest binds to topics; a guest may know more. */
  readonly actions: readonly string[];
  readonly capabilities: readonly CapabilityView[];
  readonly warnings: readonly string[];
  readonly instances: readonly InstanceView[];
  readonly lastCall: LastCallView | null;
  readonly installedAt: number;
}

/** What the install dialog shows before any code runs. */
export interface InstallPlan {
  /** Identifies this inspection; an install with it is bound to `hash`. */
  readonly token: string;
  readonly source: string;
  readonly kind: 'archive' | 'folder';
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly hash: string;
  readonly size: number;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly capabilities: readonly CapabilityView[];
  /** Folders that it would share with installed capsules, if all that it requests were granted. */
  readonly overlaps: readonly FolderOverlap[];
  readonly warnings: readonly string[];
  /** The version that is installed under this name, if any. */
  readonly replaces: string | null;
}

export interface InvokeResult {
  /** The guest's decision: continue, final, deny, abort or any other text. */
  readonly action: string;
  readonly data: string | null;
  /** True for deny and abort. */
  readonly refused: boolean;
  readonly durationMs: number;
}

/** One page of a process's output, by absolute byte offsets. */
export interface LogPage {
  readonly bytes: Uint8Array;
  /** Offset of the first byte of `bytes`. */
  readonly start: number;
  /** Offset of the next read. */
  readonly next: number;
  /** Bytes between the cursor that was asked for and `start` that are gone. */
  readonly lost: number;
  /** True when the stream has ended and `next` is its end. */
  readonly end: boolean;
  /** Sparse arrival times: bytes from `offset` on arrived at `at` (epoch ms). */
  readonly times: readonly { readonly offset: number; readonly at: number }[];
}

export interface Snapshot {
  readonly sequence: number;
  readonly processes: readonly ProcessView[];
  readonly capsules: readonly CapsuleView[];
  readonly about: AboutView;
}

/** Which state of the sources a packaged program was built from. */
export interface BuildView {
  /** 40 hex digits. */
  readonly commit: string;
  /** ISO 8601. */
  readonly date: string;
}

/** Why no capsule starts: asked for, or two sessions in a row ended unexpectedly within a minute of their start. */
export type SafeModeReason = 'requested' | 'unexpected-ends';

export interface AboutView {
  readonly version: string;
  /** Null when run from source. */
  readonly build: BuildView | null;
  readonly electron: string | null;
  readonly node: string;
  readonly dataDir: string;
  /** Null in an ordinary session. */
  readonly safeMode: SafeModeReason | null;
  readonly sandbox: { readonly ok: boolean; readonly detail: string; readonly fix: string };
}

/** Changes since `sequence - 1`. */
export interface Delta {
  readonly sequence: number;
  readonly processes: readonly ProcessView[];
  /** Newer than the views of the same delta. Of each stream at most one. */
  readonly outputs: readonly OutputView[];
  readonly removedProcesses: readonly string[];
  readonly capsules: readonly CapsuleView[];
  readonly removedCapsules: readonly string[];
}
