/** Times and sizes of the runtime, each with its reason. */

/** An instance that nobody called for this long is ended, unless it holds handles. */
export const IDLE_INSTANCE_MS = 5 * 60_000;
/**
 * Instances of all pools together, those with calls or live handles included: 16 pools at their limit of four. An idle one
 * takes 11 MB here (64 of them: 0.7 GB), its memory not included.
 */
export const MAX_INSTANCES = 64;
/** Idle ones among them: as many capsules answer without a start (0.1 s and more). */
export const MAX_IDLE_INSTANCES = 16;
/** What an instance takes beside its memory: thread, heap, glue code. Measured with 60 idle ones. */
export const INSTANCE_BASE_BYTES = 11 * 1024 * 1024;
/** All idle ones together: 16 that are small, or four whose memories are full (64 MiB). */
export const MAX_IDLE_INSTANCE_BYTES = 304 * 1024 * 1024;
/** Loaded capsules of which nothing runs: as many as idle instances. Loading one again costs 20 to 200 ms. */
export const MAX_IDLE_CAPSULES = 16;
/** Their components together, as installed; compiled code takes some three times as much. Components have 1 to 15 MB. */
export const MAX_IDLE_CAPSULE_BYTES = 64 * 1024 * 1024;
/** How long a cancelled guest may take to return after its host call was answered `cancelled`. */
export const CANCEL_GRACE_MS = 500;
/** A component that has not started by then never will: 13 MB start in under 200 ms here. */
export const START_TIMEOUT_MS = 30_000;
/**
 * A run loop that has run for this long is up. What ends the application with its first host calls does so within
 * milliseconds; the longer this is, the more capsules are disabled by a power cut shortly after a start.
 */
export const RUN_LOOP_SETTLE_MS = 2_000;
/** JavaScript heap of a guest's worker: glue code and copies of arguments; linear memory is not in it. */
export const WORKER_HEAP_MB = 128;
/** Stack of a guest's worker. V8's own default of 4 MB, written out because recursion depth is visible to guests. */
export const WORKER_STACK_MB = 4;
/**
 * Memories of one guest. V8 reserves up to 10 GiB of address space for each, whatever its size, and all guests
 * share one address space. QuickJS comes with three; a component composed of ten such parts still fits.
 */
export const MAX_MEMORIES = 32;
/** Tables of one guest: QuickJS comes with three. An empty one takes 400 bytes, half of them heap. */
export const MAX_TABLES = 256;
/**
 * Entries of all tables of one guest, with its element segments and what V8 copies for an importing instance. An entry
 * takes 28 bytes (8 of the thread's heap, 20 outside), so this is 28 MiB, and the array of a table that grows stays
 * below the 16 MB by which Node widens a full heap (`Worker::NearHeapLimit`): a larger one would end the whole process.
 * QuickJS declares 900, imported five times; ten such parts still fit.
 */
export const TABLE_ENTRIES = 1_048_576;
/** `astrid-install` and `astrid-upgrade` may take this long (the reference's limit). */
export const LIFECYCLE_TIMEOUT_MS = 10 * 60_000;
/** The transpiler's worker ends after this long without work; starting it again costs about 150 ms. */
export const TRANSPILER_IDLE_MS = 20_000;
/**
 * Script that jco makes of a component. With every interface of the contract it is 1.8 MB; a guest's thread whose heap
 * cannot take it ends the whole process, and a name that is used often is written often.
 */
export const MAX_SCRIPT_BYTES = 16 * 1024 * 1024;
/** A transpile of the largest component seen (13 MB) takes 1.1 s; this leaves room for a slow, busy machine. */
export const TRANSPILE_TIMEOUT_MS = 120_000;
/**
 * A prepared component that no capsule has is kept this long: an installation that was cut off is often tried
 * again, and preparing it again costs a second.
 */
export const UNUSED_COMPONENT_MS = 24 * 60 * 60_000;

/** Restart of a run loop that crashed: 2 s doubling to 120 s, five attempts, then failed (the reference's policy). */
export const RESTART_FIRST_MS = 2_000;
export const RESTART_MAX_MS = 120_000;
export const RESTART_ATTEMPTS = 5;
/** A run loop that lived this long had recovered: its next crash counts as the first. */
export const RESTART_FORGET_MS = 10 * 60_000;
/** A guest's process that is kept ready is ended when none was needed for this long; starting one takes some 100 ms. */
export const SPARE_GUEST_MS = 60_000;
/** What a guest may say of its own trap or refusal to start: an error's message, with room. */
export const MAX_GUEST_TEXT_BYTES = 64 * 1024;
/** Of a guest process's error output, the last of which tells why the engine gave up; a stack and a list of collections follow. */
export const GUEST_LAST_WORDS_BYTES = 32 * 1024;
/** JavaScript heap of a transpiler's process: the script of a component, a few times over. The generator is WebAssembly. */
export const TRANSPILER_HEAP_MB = 512;
/** What a transpiler's process takes at most; the largest component seen (15 MB) takes 400 MB there. */
export const TRANSPILER_MEMORY_BYTES = 2 * 1024 * 1024 * 1024;
/** What it may answer: the core modules of the largest component that is read (128 MB), and the script. */
export const MAX_TRANSPILED_BYTES = 160 * 1024 * 1024;
/**
 * Error output of a guest's process in all: the engine's last words have some kilobytes, and nothing else of ours writes there.
 * One that wrote without end took 40 % of main's time, with delays of 70 ms.
 */
export const MAX_GUEST_ERROR_OUTPUT_BYTES = 1024 * 1024;
/** What comes in small pieces is put together in chunks of this size: a chunk takes some 130 bytes beside its own. */
export const PIECES_BYTES = 16 * 1024;
/**
 * A guest's process at most: heap (128 MB), linear memories (64 MiB), tables (28 MiB), code and Node itself (some 60 MB), and
 * room. The kernel takes twice as much for its line, since that counts what is reserved.
 */
export const GUEST_PROCESS_BYTES = 768 * 1024 * 1024;
/** Threads of a guest's process: Node has eleven. None of ours starts another process. */
export const GUEST_PROCESS_TASKS = 32;
/** Descriptors of a guest's process: Node has some twenty. */
export const GUEST_PROCESS_FILES = 64;
