import { DEFAULT_RING_BYTES } from '../limits.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { ProcessTimes } from '../process/process-times.ts';
import type { ProcessPlan } from '../process/spec.ts';
import { ProcessError } from '../process-error.ts';
import type { RegistryLimits } from './limits.ts';

/** Both streams have a ring. */
const RINGS = 2;

type OutputLimits = Pick<RegistryLimits, 'largeRingBytes' | 'outputBytes'>;

type RingBytes = Pick<ProcessPlan, 'ringBytes'>;

/** What is looked at of a process. */
interface OutputHolder extends Pick<ManagedProcess, 'exit' | 'retainedBytes' | 'discardOutput'> {
  readonly plan: RingBytes;
  readonly times: Pick<ProcessTimes, 'endedForMs'>;
}

/**
 * The plan of one more process with rings that its registry can give it, and room made for them: the output of what ended
 * longest ago goes first, as long as there is too much.
 *
 * @throws ProcessError `quota`
 */
export function planRings<Plan extends RingBytes>(
  all: readonly OutputHolder[],
  asked: Plan,
  tier: ManagedProcess['tier'],
  limits: OutputLimits,
): Plan {
  const ringBytes = ringBytesWithin(all, asked, tier, limits);
  makeRoomForOutput(all, ringBytes, limits);
  return { ...asked, ringBytes };
}

/**
 * The size of the rings of one more process. What live processes may come to keep is reserved for them: each may have rings
 * of the default size, and larger ones share a budget. To an explicit request over it the answer is `quota`; the rings
 * of a program that a call waits for, whose size nobody asked for, have the default size then.
 */
function ringBytesWithin(
  all: readonly OutputHolder[],
  { ringBytes }: RingBytes,
  tier: ManagedProcess['tier'],
  { largeRingBytes }: OutputLimits,
): number {
  const taken = all
    .filter(({ exit }) => exit === null)
    .reduce((sum, { plan }) => sum + beyondDefault(plan), 0);
  const wanted = beyondDefault({ ringBytes });
  if (wanted === 0 || taken + wanted <= largeRingBytes) {
    return ringBytes;
  }
  if (tier === 'sync') {
    return DEFAULT_RING_BYTES;
  }
  throw new ProcessError(
    'quota',
    `Running processes already use the budget for output rings larger than ${String(DEFAULT_RING_BYTES)} bytes.`,
    'Ask for smaller rings, or stop a process that has large ones.',
  );
}

function makeRoomForOutput(
  all: readonly OutputHolder[],
  ringBytes: number,
  { outputBytes }: OutputLimits,
): void {
  let total = all.reduce((sum, process) => sum + bytesOf(process), RINGS * ringBytes);
  const ended = all
    .filter(({ exit }) => exit !== null)
    .toSorted((a, b) => (b.times.endedForMs ?? 0) - (a.times.endedForMs ?? 0));
  for (const process of ended) {
    if (total <= outputBytes) {
      return;
    }
    total -= bytesOf(process);
    process.discardOutput();
  }
}

function bytesOf(process: OutputHolder): number {
  return process.exit === null ? RINGS * process.plan.ringBytes : process.retainedBytes;
}

function beyondDefault({ ringBytes }: RingBytes): number {
  return RINGS * Math.max(0, ringBytes - DEFAULT_RING_BYTES);
}
