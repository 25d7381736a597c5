import { TypedError } from '../../base/typed-error.ts';
import type { UpdateStep, UpdateAction } from '../../contract/updates.ts';

/** What became of the work that a action began. */
export type UpdateOutcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly version: string }
  | { readonly kind: 'progress'; readonly percent: number }
  | { readonly kind: 'downloaded' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string };

/**
 * The step that a person's action leads to. Throws `update-not-now` where the action makes no sense, so that
 * nothing is downloaded that was not found, and nothing installed that was not downloaded.
 */
export function stepAfter(step: UpdateStep, action: UpdateAction): UpdateStep {
  switch (action) {
    case 'check':
      if (['idle', 'current', 'available', 'ready', 'failed'].includes(step.state)) {
        return { state: 'checking' };
      }
      break;
    case 'download':
      if (step.state === 'available' || (step.state === 'failed' && step.retry === 'download')) {
        return { state: 'downloading', version: step.version, percent: 0 };
      }
      break;
    case 'cancel':
      // The step changes when the download has really ended.
      if (step.state === 'downloading') {
        return step;
      }
      break;
    case 'install':
      if (step.state === 'ready' || (step.state === 'failed' && step.retry === 'install')) {
        return { state: 'installing', version: step.version };
      }
      break;
  }
  throw new TypedError(
    'update-not-now',
    `This cannot be done now: updates are ${stateNames[step.state]}.`,
    'Close About and open it again to see where updating stands.',
  );
}

/** Whether the feed may be changed: not under work that uses it. */
export function mayChangeFeed(step: UpdateStep): boolean {
  return !['checking', 'downloading', 'installing', 'unsupported'].includes(step.state);
}

/** The step after an outcome. One that does not belong to the step changes nothing. */
export function became(step: UpdateStep, outcome: UpdateOutcome): UpdateStep {
  if (step.state === 'checking') {
    return afterCheck(step, outcome);
  }
  if (step.state === 'downloading') {
    return afterDownload(step, outcome);
  }
  return step.state === 'installing' && outcome.kind === 'failed'
    ? { state: 'failed', retry: 'install', version: step.version, ...words(outcome) }
    : step;
}

function afterCheck(step: UpdateStep, outcome: UpdateOutcome): UpdateStep {
  switch (outcome.kind) {
    case 'none':
      return { state: 'current' };
    case 'found':
      return { state: 'available', version: outcome.version };
    case 'failed':
      return { state: 'failed', retry: 'check', ...words(outcome) };
    case 'progress':
    case 'downloaded':
    case 'cancelled':
      return step;
  }
}

function afterDownload(
  step: UpdateStep & { readonly state: 'downloading' },
  outcome: UpdateOutcome,
): UpdateStep {
  const { version } = step;
  switch (outcome.kind) {
    case 'progress':
      return { ...step, percent: Math.max(step.percent, Math.min(100, Math.floor(outcome.percent))) };
    case 'downloaded':
      return { state: 'ready', version };
    case 'cancelled':
      return { state: 'available', version };
    // A second attempt asks the feed again first; it may offer something else by then.
    case 'found':
      return outcome.version === version ? step : { state: 'available', version: outcome.version };
    case 'none':
      return { state: 'current' };
    case 'failed':
      return { state: 'failed', retry: 'download', version, ...words(outcome) };
  }
}

function words({ message, hint }: UpdateOutcome & { readonly kind: 'failed' }) {
  return { message, hint };
}

const stateNames: { readonly [State in UpdateStep['state']]: string } = {
  off: 'off',
  unsupported: 'not possible for this program',
  idle: 'waiting for a check',
  checking: 'being looked for',
  current: 'up to date',
  available: 'there and not downloaded',
  downloading: 'being downloaded',
  ready: 'ready to be installed',
  installing: 'being installed',
  failed: 'waiting for another try',
};
