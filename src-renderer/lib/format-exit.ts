import type {
  ExitView,
  LimitsView,
  ProcessSignal,
  ProcessView,
  StopView,
} from '../../src-main/contract/views.ts';
import { formatAge, formatByteLimit, formatDuration } from './format.ts';

/** Linux numbers of the signals that end processes in practice; others are shown by number. */
const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

const REASON_WORDS: Readonly<Record<ExitView['reason'], string>> = {
  self: '',
  stopped: ' after stop',
  killed: ' on request',
  idle: ' after its idle timeout',
  lifetime: ' at its maximum lifetime',
  cancelled: ', call cancelled',
  unloaded: ', stopped with its capsule',
  shutdown: ' at shutdown',
  'memory-limit': ' at its memory limit',
  'cpu-limit': ' at its CPU limit',
  'pids-limit': ' at its process limit',
  'disk-quota': ' over the disk quota of its principal',
};

/** The contract's signals in menu order, with what each usually does. */
export const signalChoices: readonly {
  readonly signal: ProcessSignal;
  readonly name: string;
  readonly purpose: string;
}[] = [
  { signal: 'term', name: 'SIGTERM', purpose: 'ask to exit' },
  { signal: 'int', name: 'SIGINT', purpose: 'like Ctrl-C' },
  { signal: 'hup', name: 'SIGHUP', purpose: 'often reload' },
  { signal: 'usr1', name: 'SIGUSR1', purpose: 'program-defined' },
  { signal: 'usr2', name: 'SIGUSR2', purpose: 'program-defined' },
  { signal: 'stop', name: 'SIGSTOP', purpose: 'freeze' },
  { signal: 'cont', name: 'SIGCONT', purpose: 'thaw' },
];

/** How a process ended as far as its view tells; empty while it has not. */
export function exitText({
  exit,
  exitedAt,
  limits,
}: Pick<ProcessView, 'exit' | 'exitedAt' | 'limits'>): string {
  return exit === null ? '' : formatExit(exit, null, exitedAt, limits);
}

/**
 * How a process ended, in words: `exited 0`, `killed by SIGKILL (9) 5.0 s after stop`.
 * A limit is named with its value and read after the state: exited `at its memory limit, 64 MiB`. `stop` is the last
 * stop seen of the process, `exitedAt` epoch ms; they and the limits add detail when known.
 */
export function formatExit(
  exit: ExitView,
  stop: StopView | null,
  exitedAt: number | null,
  limits: LimitsView | null = null,
): string {
  const limit = limits === null ? null : formatLimit(exit.reason, limits);
  if (limit !== null) {
    return limit;
  }
  const how = exit.signal === null ? `exited ${exit.code ?? 'with unknown status'}` : killed(exit.signal);
  if (exit.reason === 'stopped' && stop !== null && exitedAt !== null) {
    return `${how} ${formatDuration(exitedAt - stop.since)} after stop`;
  }
  return `${how}${REASON_WORDS[exit.reason]}`;
}

/** True when it needs no attention: status 0, or ended on purpose. */
export function endedWell(exit: ExitView): boolean {
  return exit.code === 0 || (exit.reason !== 'self' && !/-(limit|quota)$/.test(exit.reason));
}

/** `at its memory limit, 64 MiB`, or null when it ended for another reason. Short: the column of the list is narrow. */
function formatLimit(reason: ExitView['reason'], { memoryBytes, cpuMs, tasks }: LimitsView): string | null {
  if (reason === 'memory-limit') {
    return `at its memory limit, ${formatByteLimit(memoryBytes)}`;
  }
  if (reason === 'cpu-limit' && cpuMs !== null) {
    return `at its CPU limit, ${cpuMs % 1000 === 0 ? formatAge(cpuMs) : formatDuration(cpuMs)}`;
  }
  if (reason === 'disk-quota') {
    // Its principal's, of which the process knows no number.
    return 'over the disk quota';
  }
  return reason === 'pids-limit' ? `at its process limit, ${tasks}` : null;
}

function killed(signal: number): string {
  const name = SIGNAL_NAMES[signal];
  return name === undefined ? `killed by signal ${signal}` : `killed by ${name} (${signal})`;
}
