/** Bounds of the IPC edge that are no business of the renderer; the shared ones are in `contract/limits.ts`. */

/** At most one `state.delta` per window in this time: a person sees no more, and a flood costs no more. */
export const STATE_DELTA_INTERVAL_MS = 50;
/** Invocations one window may have under way; a page that forgets its calls cannot pile them up. */
export const MAX_CALLS_PER_WINDOW = 64;
/** Characters of an action's name, as the guest contract bounds it. */
export const MAX_ACTION_CHARACTERS = 256;
/**
 * Plans that are shown or wait in the window. The kernel keeps 8 inspections and forgets the oldest, which is
 * the one on the screen; the others are for what is chosen by hand meanwhile.
 */
export const MAX_OPEN_OFFERS = 4;
/** Capsules handed over that wait to be looked at; whoever opens links in a loop gets no longer list. */
export const MAX_WAITING_OFFERS = 32;
/** Characters of a capsule's id; the manifest knows no bound, a file name does (255 bytes). */
export const MAX_CAPSULE_ID_CHARACTERS = 200;
/** Characters of a feed's address as typed, with blanks around it; `shell/updates` has the rule itself. */
export const MAX_FEED_CHARACTERS = 4_000;
/**
 * Requests that wait while main is busy arrive all at once; so many seconds' worth are taken. Longer than any pause of main's
 * that was seen under load (3 s), so that a window that keeps to the preload's bounds is never refused here.
 */
export const BACKLOG_SECONDS = 10;
/** Refused requests after which a page is ended: it does not heed refusals, and each costs main a reply. */
export const MAX_REFUSED = 200;
/** Refusals forgotten in a second, so that what happens once in a while never ends a page. */
export const REFUSED_FORGOTTEN_PER_SECOND = 1;
