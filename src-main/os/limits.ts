/** Every number and fixed list of this folder, each with its reason. */

/** Linux's `O_PATH`, which `node:fs` does not name: refers to a file without opening it for anything. */
export const O_PATH = 0o10000000;
/** Looks at a name whose meaning changes while it is opened; somebody who swaps it without pause is refused after so many. */
export const OPEN_TRIES = 3;

/** What `st_blocks` counts in, whatever the file system's own blocks are. */
export const BLOCK_BYTES = 512;
/** By how much the kernel's times of files may lag behind its clock: a tick of up to 10 ms, and again as much. */
export const CLOCK_LAG_MS = 20;
/**
 * Folders in folders that a look at a disk goes into, each with a descriptor open: a path may have 4,096 bytes, and those of
 * builds and packages have some thirty parts.
 */
export const MAX_FOLDER_DEPTH = 256;
/** The list of one folder's names that a look at a disk takes into memory: a million names of 30 characters, and their like again. */
export const MAX_LISTED_FOLDER_BYTES = 64 * 1024 * 1024;

/** Where a child's programs are looked up; the reference host fixes the same list. */
export const CHILD_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/** One read from a pipe. Equal to the kernel's default pipe capacity: a larger buffer measured no faster. */
export const READ_CHUNK_BYTES = 64 * 1024;

/**
 * Turns of the event loop (1–2 µs each) before it sleeps after a full read. Measured: 1.3 GB/s without, 3.6 GB/s with, when
 * program and reader run on two cores; no difference on one.
 */
export const LINGER_TURNS = 50;

/** FIFOs made by one `mkfifo` call; a spawn takes five or six, so one call (2 ms) serves about ten spawns. */
export const FIFO_BATCH = 60;
/** Below this many the next batch is made in the background, so that a spawn does not wait for `mkfifo`. */
export const FIFO_LOW_WATER = 15;

/** Free descriptors that running a tool of the system takes: two for each of its three streams, two for its start, some to spare. */
export const TOOL_DESCRIPTORS = 16;

/**
 * Bytes of an input that are handed to the system at a time: what a pipe takes wholly or not at all (PIPE_BUF), so that of a
 * write that is called off no more than this follows later.
 */
export const WRITE_PIECE_BYTES = 4096;

/** How soon a writer looks in again on an input that was closed: at once while programs start, seldom later. */
export const REOPEN_MIN_MS = 5;
export const REOPEN_MAX_MS = 1000;

/** Inherited descriptors up to here are blanked at every spawn; above, Node's cost per listed descriptor is felt. */
export const BLANKED_DESCRIPTORS = 63;

/**
 * After this process was killed its guard looks for what was left this often, and until so many looks in a row found nothing: 2 s
 * in which what had just been forked becomes bubblewrap, on a busy machine too. Seconds, as `sleep` takes them.
 */
export const GUARD_PAUSE_SECS = '0.1';
export const GUARD_QUIET_LOOKS = 20;

/** Pauses between looks at `/proc` until the program has replaced bubblewrap: 1 ms first (a start takes 3–5 ms), doubling to this. */
export const START_POLL_MAX_MS = 16;
/**
 * A program that so many looks (16 s and more) have not seen start is ended: until then neither a stop nor the limits reach it.
 * Counted in looks, or a thread that was held up would give up before it looked.
 */
export const START_LOOKS = 1_000;

/**
 * Looks at a tree until a stop has reached all of it. Each stops what the one before has missed, which is what forked
 * meanwhile out of its group: two are the rule, a bomb that begins a session with every fork is ended by the watch.
 */
export const STOP_ROUNDS = 16;
/** A signal looks for its targets up to this many processes and threads: four times what any tree may have. */
export const MAX_SIGNALLED_TASKS = 4096;

/** What is kept of bubblewrap's own complaint when a program never started. */
export const MAX_SETUP_ERROR_BYTES = 4096;

/** Size of the private `/tmp` and `/dev/shm`: memory of this machine, so not the kernel's default of half of it. */
export const PRIVATE_TMPFS_BYTES = 1024 * 1024 * 1024;

/**
 * How far beyond the limit of a tree the kernel's own limit of one process lies. Memory: as much again, at least this, so
 * that the stacks and heaps a runtime reserves without touching do not count as a hog. CPU: one more second for the
 * signal, two for KILL. Processes: enough that a watch sees a fork bomb over its limit rather than at it.
 */
export const MEMORY_HEADROOM_BYTES = 256 * 1024 * 1024;
export const CPU_HEADROOM_SECS = 1;
export const PIDS_HEADROOM = 16;
/**
 * Bytes of a core dump. One is what the kernel takes for "not to the handler of the machine either", a program of root's outside
 * of the sandbox; zero only keeps it from writing a file, and so does one, which is less than a page.
 */
export const NO_CORE_DUMPS = 1;

/** A probe that has not answered by then counts as blocked. */
export const PROBE_TIMEOUT_MS = 10_000;

/** Linux counts CPU time in 1/100 s for user space on every architecture Node runs on (`getconf CLK_TCK`). */
export const CLOCK_TICK_MS = 10;

/** System folders that programs and their libraries live in, shown read-only. `/usr` holds the rest by symlink on merged systems. */
export const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'] as const;

/** Entries of `/etc` that ordinary programs need. An allow-list: `/etc/shadow`, keys and service settings stay out. */
export const ETC_ENTRIES = [
  '/etc/alternatives',
  '/etc/bash.bashrc',
  '/etc/ca-certificates',
  '/etc/ca-certificates.conf',
  '/etc/crypto-policies',
  '/etc/fonts',
  '/etc/gai.conf',
  '/etc/group',
  '/etc/inputrc',
  '/etc/java',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/locale.alias',
  '/etc/localtime',
  '/etc/magic',
  '/etc/mime.types',
  '/etc/nsswitch.conf',
  '/etc/os-release',
  '/etc/passwd',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/tls/openssl.cnf',
  '/etc/profile',
  '/etc/protocols',
  '/etc/python3',
  '/etc/services',
  '/etc/shells',
  '/etc/ssl/certs',
  '/etc/ssl/cert.pem',
  '/etc/ssl/openssl.cnf',
  '/etc/terminfo',
  '/etc/timezone',
] as const;

/** Shown only to a process that may use the network: they say how to reach it. */
export const NETWORK_ETC_ENTRIES = ['/etc/resolv.conf', '/etc/hosts', '/etc/host.conf'] as const;

/** Nothing may be bound at, above or (for these) below: the sandbox makes its own. */
export const RESERVED_FOLDERS = ['/proc', '/dev', '/sys'] as const;
/**
 * What of `/proc` belongs to the machine and not to a process: read-only, since as root a program could write there, to
 * `kernel/core_pattern` for one. What is not there on a machine is left out; bubblewrap covers `irq` and `bus` itself.
 */
export const MACHINE_PROC_ENTRIES = [
  'sys',
  'sysrq-trigger',
  'fs',
  'mtrr',
  'pressure',
  'acpi',
  'scsi',
  'driver',
] as const;
/** The one place in them that is a file system of the sandbox's own, below which folders can be bound. */
export const SHARED_MEMORY = '/dev/shm';

/** Less is not set for a group: bubblewrap itself makes the process of the program in it. The watch has the exact limit. */
export const MIN_GROUP_MEMORY_BYTES = 8 * 1024 * 1024;
/** A group can be removed when the kernel has done away with its last process; a second of that. */
export const GROUP_END_LOOKS = 100;
export const GROUP_END_PAUSE_MS = 10;

/** What a sandbox has in memory as writable file systems of its own. */
export const PRIVATE_FILE_SYSTEMS = ['/tmp', SHARED_MEMORY] as const;
/** What the kernel keeps for a file of a tmpfs: 760 bytes for itself and 192 for its name, with what the allocator adds. */
export const TMPFS_INODE_BYTES = 1024;
/** The kernel's page on the architectures that have a filter; where it is larger, what TCP and UDP keep is told too small. */
export const PAGE_BYTES = 4096;
/**
 * Descriptors that one look looks at: 50 ms. Of a tree with more, what cannot be seen is taken from the machine's memory, as for
 * descriptors that travel.
 */
export const MAX_SCANNED_DESCRIPTORS = 16 * 1024;
/**
 * A look uses what an earlier one has seen of descriptors while the machine's shared memory has grown by less than this since, for
 * so many looks at most: with 600 processes to see them again took as long as half the look.
 */
export const SCAN_GROWTH_BYTES = 1024 * 1024;
export const SCAN_REST_LOOKS = 8;

/**
 * What the machine's memory grows by without anybody's doing. Less of it is never taken for a sandbox's own: other
 * programs share memory and have sockets too.
 */
export const MACHINE_NOISE_BYTES = 64 * 1024 * 1024;

/**
 * Of processor time that was sampled this much does not count, since samples scatter: of 400 looks at children that run half the
 * time the sum is out by 0.5 s in 20 s.
 */
export const SAMPLED_SLACK_MS = 500;
export const SAMPLED_SLACK_SHARE = 0.1;
/** Threads of one process that are sampled. */
export const SAMPLED_THREADS = 64;

/** Bytes hashed in one turn of the event loop: about 5 ms of BLAKE3 in JavaScript (60 MB/s here). */
export const HASH_SLICE_BYTES = 256 * 1024;

/**
 * Places in the operator's home that hold keys, tokens or logins. No grant opens them or a folder around them to a
 * program: whoever has them acts as the operator elsewhere.
 */
export const PRIVATE_HOME_ENTRIES = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.docker',
  '.kube',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.git-credentials',
  '.password-store',
  '.mozilla',
  '.pki',
  '.config/gcloud',
  '.config/gh',
  '.config/git/credentials',
  '.config/google-chrome',
  '.config/chromium',
  '.local/share/keyrings',
  // What lets a program into the desktop's own services.
  '.Xauthority',
  '.ICEauthority',
  '.config/pulse',
  '.dbus-keyrings',
] as const;

/** The same for the machine: sockets of services that start programs outside of any sandbox, and its secrets. */
export const PRIVATE_MACHINE_ENTRIES = [
  '/run',
  '/var/run',
  // Whoever reaches the X server types into every window.
  '/tmp/.X11-unix',
  '/tmp/.XIM-unix',
  '/tmp/.ICE-unix',
  '/tmp/.font-unix',
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/ssh',
  '/etc/ssl/private',
] as const;

/** Read, hashed and written at once while a program of a hundred megabytes is copied. */
export const COPY_CHUNK_BYTES = 1024 * 1024;
/** The look at a start is taken by who starts it, at once and at so few: 1 ms. Larger trees wait for the thread. */
export const START_LOOK_TASKS = 8;
/** Bubblewrap's init has 0.2 MB of its own; one with more does a program's work, and is counted with it. */
export const INIT_MEMORY_BYTES = 1024 * 1024;
