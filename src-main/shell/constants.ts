/** Names, sizes and times of the window and of quitting. */

export const APP_SCHEME = 'app';
const APP_HOST = 'capsule-desktop';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

export const WINDOW_WIDTH = 1280;
export const WINDOW_HEIGHT = 800;
/** Below this the process table and a log no longer fit side by side or one above the other. */
export const WINDOW_MIN_WIDTH = 640;
export const WINDOW_MIN_HEIGHT = 480;

/** The page's own body colours, so that the window does not flash before its first paint. */
export const BACKGROUND_LIGHT = '#ffffff';
export const BACKGROUND_DARK = '#16181c';

/** A page that dies again within this time after a reload would die for ever: it is left alone. */
export const CRASH_LOOP_MS = 10_000;

/**
 * The longest that quitting waits for the kernel. The kernel itself bounds TERM, grace and KILL far below;
 * this is for a kernel that hangs. What it has not ended then dies with the process (`--die-with-parent`).
 */
export const QUIT_LIMIT_MS = 20_000;
