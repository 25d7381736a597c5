/** Every number and fixed list of this folder, each with its reason. */

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
/** The one place in them that is a file system of the sandbox's own, below which folders can be bound. */
export const SHARED_MEMORY = '/dev/shm';

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
] as const;

/** The same for the machine: sockets of services that start programs outside of any sandbox, and its secrets. */
export const PRIVATE_MACHINE_ENTRIES = [
  '/run',
  '/var/run',
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/ssh',
  '/etc/ssl/private',
] as const;

/** Read, hashed and written at once while a program of a hundred megabytes is copied. */
export const COPY_CHUNK_BYTES = 1024 * 1024;
