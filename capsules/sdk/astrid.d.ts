/// <reference lib="esnext.disposable" />

/**
 * The host modules that the library and the example capsules import, as a QuickJS guest sees them: 64-bit
 * integers are numbers, an absent option is `null` in what comes back and may be left out of a record that is
 * passed in, bytes are `Uint8Array`, and a failed call throws an `Error` with `payload: { tag, val? }`.
 * Parameters are never optional: a call with too few of them throws. The contract itself is in `wit/`.
 */

declare module 'astrid:io/poll@1.0.0' {
  export class Pollable {
    private constructor();
    ready(): boolean;
    block(): void;
    [Symbol.dispose](): void;
  }
  export function poll(pollables: readonly Pollable[]): number[];
}

declare module 'astrid:sys/host@1.0.0' {
  export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
  export interface CallerContext {
    principal: string | null;
    sourceId: string;
    timestamp: string;
  }
  /** An unset plain key is `''`, an unset secret `null`. */
  export function getConfig(key: string): string | null;
  export function getCaller(): CallerContext;
  export function log(level: LogLevel, message: string): void;
  export function signalReady(): void;
  /** Milliseconds since 1970. */
  export function clockMs(): number;
  export function clockMonotonicNs(): number;
  /** At most 60 seconds per call. */
  export function sleepNs(durationNs: number): void;
  /** At most 4,096 bytes per call. */
  export function randomBytes(length: number): Uint8Array;
  export function checkCapsuleCapability(request: { sourceUuid: string; capability: string }): {
    allowed: boolean;
  };
  export function enumerateCapabilities(): string[];
}

declare module 'astrid:process/host@1.0.0' {
  import type { Pollable } from 'astrid:io/poll@1.0.0';

  export type ProcessSignal = 'term' | 'hup' | 'usr1' | 'usr2' | 'int' | 'stop' | 'cont';
  export type OverflowPolicy = 'drop-oldest' | 'backpressure';
  export type ProcessPhase = 'starting' | 'running' | 'exited';
  export type LogStream = 'stdout' | 'stderr';
  export interface ResourceLimits {
    maxMemoryBytes?: number;
    maxCpuSecs?: number;
    maxPids?: number;
    maxOpenFiles?: number;
  }
  export interface SpawnRequest {
    cmd: string;
    args: readonly string[];
    stdin?: Uint8Array | undefined;
    env: readonly { key: string; value: string }[];
    cwd?: string | undefined;
    limits?: ResourceLimits | undefined;
    label?: string | undefined;
    keepStdinOpen?: boolean | undefined;
    overflow?: OverflowPolicy | undefined;
    logRingBytes?: number | undefined;
    maxLifetimeMs?: number | undefined;
    idleTimeoutMs?: number | undefined;
    exitRetentionMs?: number | undefined;
  }
  export interface ExitInfo {
    exitCode: number | null;
    signal: number | null;
  }
  export interface ProcessResult {
    stdout: string;
    stderr: string;
    exit: ExitInfo;
  }
  export interface ReadLogsResult {
    stdout: string;
    stderr: string;
    running: boolean;
    exit: ExitInfo | null;
  }
  export interface KillResult {
    killed: boolean;
    exit: ExitInfo | null;
    stdout: string;
    stderr: string;
  }
  /** Where a reader of one stream stands. Without a token: at the oldest retained byte. */
  export interface LogCursor {
    token?: string | null;
  }
  export interface LogChunk {
    data: Uint8Array;
    next: LogCursor;
    bytesDropped: number;
    drainedEof: boolean;
  }
  export interface ProcessInfo {
    id: string;
    label: string;
    command: string;
    osPid: number | null;
    phase: ProcessPhase;
    exit: ExitInfo | null;
    ageMs: number;
    idleMs: number;
    bufferedBytes: number;
    bytesDropped: number;
    stdinOpen: boolean;
    cpuMs: number | null;
    memBytesPeak: number | null;
  }
  export class ProcessHandle {
    private constructor();
    readLogs(): ReadLogsResult;
    writeStdin(data: Uint8Array): number;
    closeStdin(): void;
    signal(sig: ProcessSignal): void;
    kill(): KillResult;
    wait(timeoutMs: number | undefined): ExitInfo;
    waitWithOutput(timeoutMs: number | undefined): ProcessResult;
    osPid(): number;
    subscribeExit(): Pollable;
    subscribeLogs(): Pollable;
    [Symbol.dispose](): void;
  }
  export function spawn(request: SpawnRequest): ProcessResult;
  export function spawnBackground(request: SpawnRequest): ProcessHandle;
  export function spawnPersistent(request: SpawnRequest): string;
  export function attach(id: string): ProcessHandle;
  export function listProcesses(labelFilter: string | undefined): ProcessInfo[];
  export function status(id: string): ProcessInfo;
  export function statusMany(ids: readonly string[]): ProcessInfo[];
  export function readLogs(id: string): ReadLogsResult;
  export function readSince(
    id: string,
    whichStream: LogStream,
    cursor: LogCursor,
    maxBytes: number,
  ): LogChunk;
  export function writeStdin(id: string, data: Uint8Array): number;
  export function closeStdin(id: string): void;
  export function signal(id: string, sig: ProcessSignal): void;
  export function wait(id: string, timeoutMs: number): ExitInfo;
  export function stop(id: string, graceMs: number | undefined): ExitInfo;
  export function releaseProcess(id: string): void;
  export function watch(id: string, suffix: string | undefined): void;
  export function unwatch(id: string): void;
}
