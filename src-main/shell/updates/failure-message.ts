import { isTypedError, TypedError } from '../../base/typed-error.ts';

type FailureCode =
  'update-feed' | 'update-unreachable' | 'update-damaged' | 'update-no-space' | 'update-failed';

const NOTHING_CHANGED = 'The installed version is unchanged.';

/** What `electron-updater` throws, by its code or Node's. */
const known: ReadonlyMap<string, readonly [FailureCode, string, string]> = new Map([
  [
    'ERR_UPDATER_CHANNEL_FILE_NOT_FOUND',
    ['update-feed', 'The update feed has no release for this system.', 'Check the feed address.'],
  ],
  [
    'ERR_CHECKSUM_MISMATCH',
    [
      'update-damaged',
      'The downloaded file does not match the hash in the update feed and was deleted.',
      `${NOTHING_CHANGED} Try again later. If it happens again, contact the operator of the feed.`,
    ],
  ],
  ['ENOSPC', ['update-no-space', 'The disk is full.', `${NOTHING_CHANGED} Free some space, then try again.`]],
]);

/** Codes of an invalid feed response: no YAML, no version, no file for this system, no hash. */
const UNREADABLE = /^ERR_UPDATER_(?:INVALID|NO_|LATEST_VERSION|ASSET|ZIP|WEB_INSTALLER)/;

/** A library's error as a typed error. The original is kept as the cause. */
export function failureMessage(error: unknown): TypedError {
  if (isTypedError(error)) {
    return error;
  }
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const text = error instanceof Error ? error.message : String(error);
  const [ownCode, message, hint] = known.get(code) ?? byText(code, text);
  return new TypedError(ownCode, message, hint, { cause: error });
}

function byText(code: string, text: string): readonly [FailureCode, string, string] {
  if (UNREADABLE.test(code)) {
    return ['update-feed', 'The update feed returned an invalid response.', 'Check the feed address.'];
  }
  const network = /net::(ERR_[A-Z_]+)/.exec(text)?.[1] ?? (/^E[A-Z]+$/.test(code) ? code : null);
  if (network === 'ERR_BLOCKED_BY_CLIENT') {
    return [
      'update-feed',
      'The update feed refers to an insecure address.',
      'Contact the operator of the feed.',
    ];
  }
  if (network !== null || /aborted|closed|timed? ?out/i.test(text)) {
    return [
      'update-unreachable',
      `Could not connect to the update feed${network === null ? '' : ` (${network})`}.`,
      `${NOTHING_CHANGED} Check the network and the feed address, then try again.`,
    ];
  }
  return [
    'update-failed',
    `The update failed: ${(text.split('\n', 1)[0] ?? '').slice(0, 200)}`,
    `${NOTHING_CHANGED} Try again later.`,
  ];
}
