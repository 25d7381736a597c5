import type { ProcessTier, ProcessView, StopView } from '../../src-main/contract/views.ts';
import { escapeName } from './escape-text.ts';
import { formatDuration, timeOfDay } from './format.ts';

/** How long a process ran and when it ended: `ran 2.0 s, ended 14:02:11`; null while it has not ended. */
export function formatRun({
  startedAt,
  exitedAt,
}: Pick<ProcessView, 'startedAt' | 'exitedAt'>): string | null {
  return exitedAt === null
    ? null
    : `ran ${formatDuration(exitedAt - startedAt)}, ended ${timeOfDay(exitedAt)}`;
}

/** Tells a process from others with the same label: `PID 28830 · sh -c sleep 600`; only the command while the PID is unknown. */
export function formatProcess(view: Pick<ProcessView, 'osPid' | 'command' | 'commandCut'>): string {
  const { osPid } = view;
  const words = commandText(view);
  return osPid === null ? words : `PID ${osPid} · ${words}`;
}

/** What a process is doing, in one word. */
export function phaseText({ frozen, phase }: Pick<ProcessView, 'frozen' | 'phase'>): string {
  return frozen && phase !== 'exited' ? 'frozen' : phase;
}

/** How long a process may live, as the window calls its tier. */
export function formatLifetime(tier: ProcessTier): string {
  return LIFETIMES[tier];
}

const LIFETIMES: Readonly<Record<ProcessTier, string>> = {
  sync: 'one call',
  ephemeral: 'instance',
  persistent: 'persistent',
};

/** The command of a process as far as its view has it, with `…` where something is missing. */
export function commandText({ command, commandCut }: Pick<ProcessView, 'command' | 'commandCut'>): string {
  return `${escapeName(command.join(' '))}${commandCut ? '…' : ''}`;
}

/** The command of a process, null when its label says the same: without a label of its own, the command is the label. */
export function commandBesideLabel({
  label,
  ...shown
}: Pick<ProcessView, 'label' | 'command' | 'commandCut'>): string | null {
  // A label holds no control characters.
  return shown.command.join(' ').replaceAll(/\p{Cc}/gu, '') === label ? null : commandText(shown);
}

/**
 * Whole seconds until the KILL of a stop. `now` may be as old as the last tick of the window's clock: never more than
 * the grace, and never less than 0.
 */
export function secondsToKill(
  { killAt, graceMs }: Pick<StopView, 'killAt' | 'graceMs'>,
  now: number,
): number {
  return Math.max(0, Math.min(Math.ceil(graceMs / 1000), Math.ceil((killAt - now) / 1000)));
}
