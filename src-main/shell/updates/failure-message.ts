import { isTypedError, TypedError } from '../../base/typed-error.ts';

type FailureCode =
  'update-feed' | 'update-unreachable' | 'update-damaged' | 'update-no-space' | 'update-failed';

const NOTHING_CHANGED = 'The installed version was left as it is.';

/** What `electron-updater` throws, by its code or Node's. */
const known: ReadonlyMap<string, readonly [FailureCode, string, string]> = new Map([
  [
    'ERR_UPDATER_CHANNEL_FILE_NOT_FOUND',
    ['update-feed', 'The feed offers nothing for this system.', 'Check the address of the feed.'],
  ],
  [
    'ERR_CHECKSUM_MISMATCH',
    [
      'update-damaged',
      'The downloaded file is not the one that the feed announced; it was thrown away.',
      `${NOTHING_CHANGED} Try again later. If it stays so, tell whoever runs the feed.`,
    ],
  ],
  ['ENOSPC', ['update-no-space', 'The disk is full.', `${NOTHING_CHANGED} Make room, then try again.`]],
]);

/** Codes of a feed whose answer makes no sense: no YAML, no version, no file for this system, no hash. */
const UNREADABLE = /^ERR_UPDATER_(?:INVALID|NO_|LATEST_VERSION|ASSET|ZIP|WEB_INSTALLER)/;

/** A library's error as words for a person. The original stays as the cause. */
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
    return ['update-feed', 'The answer of the feed makes no sense.', 'Check the address of the feed.'];
  }
  const network = /net::(ERR_[A-Z_]+)/.exec(text)?.[1] ?? (/^E[A-Z]+$/.test(code) ? code : null);
  if (network === 'ERR_BLOCKED_BY_CLIENT') {
    return ['update-feed', 'The feed leads to an address that is not safe.', 'Tell whoever runs the feed.'];
  }
  if (network !== null || /aborted|closed|timed? ?out/i.test(text)) {
    return [
      'update-unreachable',
      `The connection to the feed failed${network === null ? '' : ` (${network})`}.`,
      `${NOTHING_CHANGED} Check the network and the address, then try again.`,
    ];
  }
  return [
    'update-failed',
    `The update failed: ${(text.split('\n', 1)[0] ?? '').slice(0, 200)}`,
    `${NOTHING_CHANGED} Try again later.`,
  ];
}
