/** Names, sizes and times of the window and of quitting. */

export const APP_SCHEME = 'app';
const APP_HOST = 'capsule-desktop';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;
/** Pages of guests are `guest://<random>/`, each a site of its own. */
export const GUEST_SCHEME = 'guest';
/** A page of a guest is there after some 0.3 s; a busy machine takes ten times as long. */
export const GUEST_PAGE_START_MS = 20_000;

/**
 * The proxy of the page's session: the broadcast address, to which no system opens a TCP connection (tried: Linux refuses
 * with ENETUNREACH and sends nothing). A port of this machine could be somebody's.
 */
export const NOWHERE = '255.255.255.255:9';

export const WINDOW_WIDTH = 1280;
export const WINDOW_HEIGHT = 800;
/** Below this the process table and a log no longer fit side by side or one above the other. */
export const WINDOW_MIN_WIDTH = 640;
export const WINDOW_MIN_HEIGHT = 480;

/** The page's own body colours, so that the window does not flash before its first paint. */
export const BACKGROUND_LIGHT = '#ffffff';
export const BACKGROUND_DARK = '#16181c';

/** A page that dies again within this time after a reload would die for ever: the person is asked. */
export const CRASH_LOOP_MS = 10_000;

/**
 * The longest that quitting waits for the kernel. The kernel itself bounds TERM, grace and KILL far below;
 * this is for a kernel that hangs. What it has not ended then dies with the process (`--die-with-parent`).
 */
export const QUIT_LIMIT_MS = 20_000;

/** The form of a link that opens a capsule: `capsule:install?file=<percent-encoded absolute path>`. */
export const LINK_SCHEME = 'capsule';
/** Capsules opened by one command line or one hand-over: a person looks at them one by one. */
export const MAX_TARGETS = 16;
/** PATH_MAX of Linux; macOS and Windows open less. */
export const MAX_PATH_CHARACTERS = 4_096;
/** A path of the greatest length with every character escaped (`%xx`), and what stands before it. */
export const MAX_OPERAND_CHARACTERS = 3 * MAX_PATH_CHARACTERS + 64;
/**
 * What a second start may hand to the running one, command line and list together. Chromium takes 32 KiB
 * for one message and, given more, believes the running application hung and kills it (tried on Linux).
 */
export const MAX_HANDOVER_BYTES = 24 * 1_024;

/** Moving and resizing come as floods of events; this long after the last one the window's place is kept. */
export const WINDOW_STATE_DELAY_MS = 500;
/** A kept place longer than this is not ours. */
export const MAX_WINDOW_STATE_CHARACTERS = 1_024;

/** How often main looks at its own memory: what a message left is given back at the second look. */
export const MEMORY_LOOK_MS = 3_000;
/** Garbage worth a collection, which holds main up for some 0.1 s; less than 50 MB stays, as V8 itself would leave it. */
export const GARBAGE_BYTES = 32 * 1_024 ** 2;
/** The heap of a main process that does next to nothing grows by less than this between two looks. */
export const IDLE_HEAP_CHANGE_BYTES = 4 * 1_024 ** 2;
