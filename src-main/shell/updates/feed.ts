import { TypedError } from '../../base/typed-error.ts';
import { MAX_FEED_CHARACTERS } from './constants.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The address of a feed as it is kept: one that ends in `/`. Throws `feed-invalid`.
 *
 * It must be https, or http to this machine: the hashes that downloads are verified against come over the same
 * connection, so whoever can tamper with it can install any program.
 */
export function parseFeed(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > MAX_FEED_CHARACTERS || !URL.canParse(trimmed)) {
    throw invalid('This is not a valid URL.');
  }
  const url = new URL(trimmed);
  if (!isSafe(url)) {
    throw invalid(
      url.protocol === 'http:'
        ? 'http is not secure: a feed could be modified in transit.'
        : `Unsupported protocol ${url.protocol}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      'The address must not contain a user name or password; they would be stored in plain text.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid('The address must not contain “?” or “#”.');
  }
  return url.pathname.endsWith('/') ? url.href : `${url.href}/`;
}

/**
 * Whether a request may be made for this feed: the rule above also holds for files that the feed names and
 * for redirects, and only a feed on this machine may lead to this machine over http.
 */
export function mayFetch(feed: string, address: string): boolean {
  if (!URL.canParse(address)) {
    return false;
  }
  const url = new URL(address);
  return url.protocol === 'https:' || (feed.startsWith('http:') && isSafe(url));
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

function invalid(message: string): TypedError<'feed-invalid'> {
  return new TypedError(
    'feed-invalid',
    message,
    'Enter the https:// address of the folder that contains the feed (http:// is allowed for this machine only).',
  );
}
