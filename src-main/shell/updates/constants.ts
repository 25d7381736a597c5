/** Names, sizes and times of updating. */

/** In the data folder: the feed's address, nothing else. Absent means off. */
export const FEED_FILE = 'updates.json';
/** In the data folder: what `electron-updater` reads about itself, written before each check. */
export const LIBRARY_CONFIG_FILE = 'app-update.yml';
/** Longer addresses are rejected; browsers and servers have the same limit. */
export const MAX_FEED_CHARACTERS = 2_000;
/** The feed file with an address of the greatest length, every character escaped as JSON may. */
export const MAX_FEED_FILE_CHARACTERS = 6 * MAX_FEED_CHARACTERS + 100;

/** A check reads one small file; a server that takes longer will not answer. */
export const CHECK_LIMIT_MS = 30_000;
/** A download without progress for this long is aborted. A slow one continues. */
export const STALL_LIMIT_MS = 60_000;

/** After a declined confirmation none is shown for this long: long enough to close the program that asks on its own. */
export const DECLINED_PAUSE_MS = 30_000;
/** Characters of an address, version or hash in a confirmation: the dialog's buttons must stay on the screen. */
export const MAX_CONFIRMED_CHARACTERS = 300;
