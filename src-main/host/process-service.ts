import { setTimeout as delay } from 'node:timers/promises';
import type { ExitView } from '../contract/views.ts';
import { isHeld } from '../policy/capabilities.ts';
import type { ManagedProcess } from '../processes/managed-process.ts';
import type { ProcessRegistry } from '../processes/registry.ts';
import type {
  ErrorCode,
  ExitInfo,
  ProcessInfo,
  ProcessResult,
  ReadLogsResult,
  SpawnRequest,
} from './generated/astrid-process-1-0-0.ts';
import type { Call } from './host-function.ts';
import { readSpawnRequest } from './process-request.ts';
import { WitError } from './wit-error.ts';

/** What `astrid:process` needs of the rest of the host. */
export interface ProcessServices {
  readonly registry: ProcessRegistry;
  /** Canonical path of the workspace of a principal and capsule; made when it is not there. */
  readonly openWorkspace: (principal: string, capsule: string) => Promise<string>;
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
  /** Live background processes that the principal's profile allows. */
  readonly maxConcurrent: (principal: string) => number;
}

/** Output of one stream that `spawn` returns at most; what came before is named in the text. */
const SYNC_OUTPUT_BYTES = 8 * 1_024 * 1_024;

/** Starts what a guest asks for, in the tier of the function it called. */
export async function startProcess(
  services: ProcessServices,
  call: Call,
  tier: ManagedProcess['tier'],
  request: SpawnRequest,
): Promise<ManagedProcess> {
  const spec = await readSpawnRequest(request, {
    workspace: await services.openWorkspace(call.principal, call.capsule),
    network: ['net', 'net_connect', 'net_bind'].some((name) =>
      isHeld(call.rights, name as 'net' | 'net_connect' | 'net_bind'),
    ),
    hostEnvironment: services.hostEnvironment,
  });
  const owner = {
    capsule: call.capsule,
    principal: call.principal,
    call: call.invocation?.id ?? null,
  };
  return services.registry.spawn(
    owner,
    tier,
    tier === 'sync' ? { ...spec, ringBytes: SYNC_OUTPUT_BYTES, overflow: 'drop-oldest' } : spec,
    { maxConcurrent: services.maxConcurrent(call.principal), signal: call.signal },
  );
}

/** Runs a process to its end; a cancelled call ends it. */
export async function runToEnd(process: ManagedProcess, signal: AbortSignal): Promise<ProcessResult> {
  const kill = (): void => void process.kill('cancelled');
  signal.addEventListener('abort', kill, { once: true });
  try {
    const exit = await process.exited;
    return {
      stdout: wholeText(process, 'stdout'),
      stderr: wholeText(process, 'stderr'),
      exit: exitInfo(exit),
    };
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function wholeText(process: ManagedProcess, stream: 'stdout' | 'stderr'): string {
  const { dropped } = process.view()[stream];
  const text = process.drainText(stream, SYNC_OUTPUT_BYTES);
  return dropped === 0 ? text : `[${dropped} earlier bytes are not kept]\n${text}`;
}

/** Takes what is undrained of both streams. `running` is false only when nothing more can come. */
export function takeLogs(process: ManagedProcess): ReadLogsResult {
  // The exit is latched after both streams have ended: whatever was written is in the rings by then.
  const { exit } = process;
  const result = {
    stdout: process.drainText('stdout', Number.MAX_SAFE_INTEGER),
    stderr: process.drainText('stderr', Number.MAX_SAFE_INTEGER),
    running: exit === null,
  };
  return exit === null ? result : { ...result, exit: exitInfo(exit) };
}

/**
 * Waits for the end of a process.
 *
 * @param timeoutMs undefined waits as long as the call lives
 * @throws WitError `wait-timeout`
 */
export async function waitForExit(
  process: ManagedProcess,
  timeoutMs: bigint | undefined,
  signal: AbortSignal,
): Promise<ExitInfo> {
  process.touch();
  const waiting = new AbortController();
  const patience =
    timeoutMs === undefined
      ? []
      : [delay(clampTimer(timeoutMs), undefined, { signal: AbortSignal.any([waiting.signal, signal]) })];
  try {
    const exit = await Promise.race([process.exited, ...patience]);
    if (exit === undefined) {
      throw new WitError<ErrorCode>({ tag: 'wait-timeout' });
    }
    return exitInfo(exit);
  } finally {
    // The timer's rejection has no reader any more when the process won the race.
    patience[0]?.catch(() => undefined);
    waiting.abort();
  }
}

export function exitInfo({ code, signal }: ExitView): ExitInfo {
  return { exitCode: code ?? undefined, signal: signal ?? undefined };
}

export function processInfo(process: ManagedProcess): ProcessInfo {
  const view = process.view();
  const info = process.info();
  return {
    id: process.id,
    label: view.label,
    command: view.command[0] ?? '',
    osPid: view.osPid ?? undefined,
    // The contract has no case for a stop under way: the program still runs.
    phase: view.phase === 'stopping' ? 'running' : view.phase,
    exit: process.exit === null ? undefined : exitInfo(process.exit),
    ageMs: BigInt(info.ageMs),
    idleMs: BigInt(Math.max(0, info.idleMs)),
    bufferedBytes: BigInt(info.bufferedBytes),
    bytesDropped: BigInt(info.bytesDropped),
    stdinOpen: view.stdinOpen,
    cpuMs: info.usage === null ? undefined : BigInt(Math.round(info.usage.cpuMs)),
    memBytesPeak: info.usage === null ? undefined : BigInt(info.usage.peakMemoryBytes),
  };
}

/** The longest a timer can be (2^31 - 1 ms, 24 days); every process ends within 6 h. */
function clampTimer(ms: bigint): number {
  return Number(ms > 0x7fff_ffffn ? 0x7fff_ffffn : ms);
}
