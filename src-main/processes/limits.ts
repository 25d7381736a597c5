/** Every number of this folder with its reason. Where it says "reference", the public reference runtime has the same. */

/** Output kept per stream, reference values: default, least, most. */
export const DEFAULT_RING_BYTES = 1024 * 1024;
export const MIN_RING_BYTES = 4096;
export const MAX_RING_BYTES = 8 * 1024 * 1024;
/** What a ring starts with; it doubles up to its capacity, so that 256 quiet processes cost 8 MiB and not 512. */
export const FIRST_RING_BYTES = 16 * 1024;
/** Output decoded in one turn: 1 to 2 ms of what is no UTF-8 at all, which takes longest. */
export const DECODE_SLICE_BYTES = 128 * 1024;
/** A paused stream reads on when this much is free: one full read, so that it does not wake for every byte. */
export const RESUME_ROOM_BYTES = 64 * 1024;
/** Arrival times are kept this far apart at first; twice as far each time the index is full. */
export const TIME_STEP_MS = 10;
/** Entries of one stream's offset-to-time index. */
export const MAX_TIME_ENTRIES = 512;

/** Live background processes of one principal in one capsule, both background tiers together. Reference. */
export const MAX_CONCURRENT = 8;
/** Persistent processes of one principal, live and exited. Reference. */
export const MAX_RETAINED_PER_PRINCIPAL = 32;
/** Entries of one registry. Reference. */
export const MAX_ENTRIES = 256;
/**
 * What the rings of all live processes have beyond the default size, together: 18 processes with the largest, two capsules
 * that use all their slots. Rings of the default size need no budget: 256 entries bound them to 512 MiB.
 */
export const MAX_LARGE_RING_BYTES = 256 * 1024 * 1024;
/** All retained output: what live processes may come to, all of them at their largest. What ended processes keep gives way to it. */
export const MAX_OUTPUT_BYTES = MAX_ENTRIES * 2 * DEFAULT_RING_BYTES + MAX_LARGE_RING_BYTES;
/** Exited sync and ephemeral processes kept for the window; they belong to no guest any more, and rings take memory. */
export const MAX_EXITED_TRANSIENT = 16;

/** Defaults and limits of the reference. */
export const MAX_LIFETIME_MS = 6 * 60 * 60 * 1000;
/** A `spawn` that says nothing else: the longest that a call lasts. A run loop's call has no deadline of its own. */
export const DEFAULT_SYNC_LIFETIME_MS = 5 * 60 * 1000;
export const DEFAULT_IDLE_TIMEOUT_MS = 30 * 60 * 1000;
export const MAX_IDLE_TIMEOUT_MS = 6 * 60 * 60 * 1000;
export const DEFAULT_EXIT_RETENTION_MS = 5 * 60 * 1000;
export const MAX_EXIT_RETENTION_MS = 60 * 60 * 1000;
export const DEFAULT_STOP_GRACE_MS = 5_000;
export const MAX_STOP_GRACE_MS = 30_000;
/** Between INT and KILL when a call is cancelled. Reference. */
export const CANCEL_GRACE_MS = 2_000;
/** Between TERM and KILL when a handle is dropped: nobody waits for the end, but its slot is taken until then. */
export const DROP_GRACE_MS = 2_000;
/** Grace of `dispose`: a person waits for the application to quit. */
export const SHUTDOWN_GRACE_MS = 2_000;
/** How often the reaper looks. Reference. */
export const SWEEP_INTERVAL_MS = 2_000;

/** Bytes given at spawn. Reference. */
export const MAX_PRELUDE_BYTES = 4 * 1024 * 1024;
/** Bytes of one write. Reference. */
export const MAX_WRITE_BYTES = 1024 * 1024;
/** UTF-8 bytes. Reference. */
export const MAX_LABEL_BYTES = 128;

/**
 * How long the exit waits for the ends of the streams once every process of the sandbox is gone. They come at once, unless a
 * descriptor was handed to a process of another sandbox.
 */
export const EXIT_DRAIN_MS = 1_000;
/**
 * Last looks at the pipes when that is over, as long as each finds something. One takes in 2 MiB, more than a pipe holds; the
 * bound is for a writer in another sandbox that never pauses.
 */
export const EXIT_DRAIN_TURNS = 8;
/**
 * Growing output is told by its counters as it comes; what it brings along (CPU and memory used, being held back) follows
 * with the view at most so much later. A person reads such figures once a second.
 */
export const VIEW_REFRESH_MS = 1_000;

/** No capsule's program may take more of the machine's memory than this: the rest keeps the desktop alive. */
export const MACHINE_MEMORY_SHARE = 0.5;
/** Processes and threads of one program's tree: a build with a compiler per core and a few runtimes fits; a fork bomb does not. */
export const DEFAULT_CHILD_PIDS = 512;
/** 32 such trees stay below the 32,768 pids that Linux has by default. */
export const MAX_CHILD_PIDS = 1024;
/** Open descriptors of one process: what login shells have by default, and the usual hard limit. */
export const DEFAULT_CHILD_OPEN_FILES = 1024;
export const MAX_CHILD_OPEN_FILES = 4096;

/**
 * Pauses between two looks at what a tree uses. One look costs about 0.1 ms for each process. First: after the start, then
 * half as long as it has run. With limits that were asked for: what a person would call at once, and a memory hog touches some
 * 100 MiB in it. Without: only the machine is to be protected. Quiet: nothing has changed since the last look.
 */
export const FIRST_LOOK_MS = 5;
export const ASKED_LOOK_MS = 50;
export const UNASKED_LOOK_MS = 250;
export const QUIET_LOOK_MS = 1_000;
/**
 * A round of looks is followed by a rest as long as it took: trees of a thousand processes must not keep a core busy with being
 * looked at. Not when the alarm below sounds.
 */
export const LOOK_REST = 1;
/**
 * A look that took longer is followed by looks for which no other tree waits: what a tree of a thousand processes takes. Only what
 * large memory in common or a held lock makes of it is longer, up to seconds.
 */
export const LONG_LOOK_MS = 100;
/**
 * A look at what a principal has on the disk takes 6 µs for each file. After it comes a rest of so many times what it took, so that
 * it keeps a thread busy for 3 % of the time, and at least this; while the whole disk grows by more than the principal may, a
 * shorter one.
 */
export const STORAGE_REST = 30;
export const STORAGE_PAUSE_MS = 1_000;
export const STORAGE_ALARM_REST = 4;
/** How often is read by how much the whole disk has grown (0.1 ms), while programs run. */
export const STORAGE_TICK_MS = 250;
/** A start waits for a look at its principal's disk when the last one took no longer: 8,000 files. Else for the first only. */
export const STORAGE_START_LOOK_MS = 50;
/** A look is broken off at so many times the files that a principal may have: which capsule has made them is known below. */
export const STORAGE_ENTRIES_FACTOR = 2;
/** How often the number of all tasks of the machine is read (0.01 ms), and how much of a rise makes every tree be looked at. */
export const WATCH_TICK_MS = 100;
export const FORK_ALARM_TASKS = 64;
