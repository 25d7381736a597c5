import { TypedError } from '../../base/typed-error.ts';
import type { UpdateStep, UpdateAction } from '../../contract/updates.ts';

/** The outcome of the work that an action started. */
export type UpdateOutcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly version: string }
  | { readonly kind: 'progress'; readonly percent: number }
  | { readonly kind: 'downloaded' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string };

/**
 * The step that an action leads to. Throws `update-not-now` where the action is not possible, so that only what was found
 * is downloaded, and only what was downloaded is installed.
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
    `Not possible now: ${stateNames[step.state]}.`,
    'Close and reopen About to see the current update state.',
  );
}

/** Whether the feed may be changed: not while it is in use. */
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
  off: 'updates are off',
  unsupported: 'this installation cannot update itself',
  idle: 'no check for updates has been made',
  checking: 'a check for updates is running',
  current: 'this is the latest version',
  available: 'an update is available but not downloaded',
  downloading: 'an update is being downloaded',
  ready: 'an update is ready to install',
  installing: 'an update is being installed',
  failed: 'the last step failed',
};
