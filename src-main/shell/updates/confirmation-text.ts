import { escapeControlChars } from '../../capsules/words/escape-control-chars.ts';
import { MAX_CONFIRMED_CHARACTERS } from './constants.ts';

/** What a confirmation says; the safe answer is the dialog's own Cancel. */
export interface ConfirmationText {
  readonly message: string;
  /** Several lines; everything in it that came from outside is escaped and cut. */
  readonly detail: string;
  /** The button that agrees. */
  readonly accept: string;
}

/** @param feed the new address and @param current the one it replaces, as `parseFeed` gives them */
export function feedConfirmation(feed: string, current: string | null): ConfirmationText {
  return {
    message: `Get updates from ${shown(new URL(feed).host)}?`,
    detail: [
      `New address: ${shown(feed)}`,
      `Current address: ${current === null ? 'none' : shown(current)}`,
      '',
      'Whoever controls this address can replace Capsule Desktop with any program. Confirm only if you entered it yourself.',
    ].join('\n'),
    accept: 'Use This Address',
  };
}

export interface InstalledUpdate {
  /** As the feed names it. */
  readonly version: string;
  readonly feed: string;
  /** Base64; null when the feed does not say which of its files was downloaded. */
  readonly sha512: string | null;
}

export function installConfirmation({ version, feed, sha512 }: InstalledUpdate): ConfirmationText {
  return {
    message: `Install version ${shown(version)} and restart?`,
    detail: [
      `Downloaded from: ${shown(feed)}`,
      ...(sha512 === null ? [] : [`SHA-512: ${shown(sha512)}`]),
      '',
      'This replaces Capsule Desktop and ends all running processes.',
    ].join('\n'),
    accept: 'Install and Restart',
  };
}

/** One line that cannot hide, reorder or push away what stands around it. */
function shown(text: string): string {
  const escaped = escapeControlChars(text.slice(0, MAX_CONFIRMED_CHARACTERS + 1));
  return escaped.length > MAX_CONFIRMED_CHARACTERS
    ? `${escaped.slice(0, MAX_CONFIRMED_CHARACTERS)}…`
    : escaped;
}
