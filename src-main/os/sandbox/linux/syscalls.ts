/**
 * System calls that no program of a capsule may make, with their numbers on x86_64 and aarch64 (from Linux' own tables;
 * null: does not exist there). The choice follows the deny-lists of flatpak and docker: what would let a program reach
 * past its namespaces or widens the kernel's surface for no ordinary use. `ptrace` stays: a debugger sees only its own
 * sandbox.
 */
export type DeniedCall = readonly [name: string, x64: number | null, arm64: number | null];

/** Answered with "operation not permitted". */
export const REFUSED_CALLS: readonly DeniedCall[] = [
  // The kernel's keyring is not part of any namespace: keys of the person who runs the application are in reach.
  ['add_key', 248, 217],
  ['request_key', 249, 218],
  ['keyctl', 250, 219],
  // Programs in the kernel, counters that leak across processes, page faults held open: tools of attacks on the kernel.
  ['bpf', 321, 280],
  ['perf_event_open', 298, 241],
  ['userfaultfd', 323, 282],
  ['fanotify_init', 300, 262],
  ['lookup_dcookie', 212, 18],
  // The view of the file system is the sandbox's.
  ['mount', 165, 40],
  ['umount2', 166, 39],
  ['pivot_root', 155, 41],
  ['chroot', 161, 51],
  ['open_tree', 428, 428],
  ['move_mount', 429, 429],
  ['fsopen', 430, 430],
  ['fsconfig', 431, 431],
  ['fsmount', 432, 432],
  ['fspick', 433, 433],
  ['mount_setattr', 442, 442],
  ['open_tree_attr', 467, 467],
  ['open_by_handle_at', 304, 265],
  // New namespaces give capabilities inside them, and with them most of the kernel's attack surface.
  ['unshare', 272, 97],
  ['setns', 308, 268],
  // The machine itself.
  ['kexec_load', 246, 104],
  ['kexec_file_load', 320, 294],
  ['create_module', 174, null],
  ['init_module', 175, 105],
  ['delete_module', 176, 106],
  ['finit_module', 313, 273],
  ['iopl', 172, null],
  ['ioperm', 173, null],
  ['swapon', 167, 224],
  ['swapoff', 168, 225],
  ['reboot', 169, 142],
  ['acct', 163, 89],
  ['quotactl', 179, 60],
  ['quotactl_fd', 443, 443],
  ['settimeofday', 164, 170],
  ['clock_settime', 227, 112],
  ['syslog', 103, 116],
  ['vhangup', 153, 58],
  ['nfsservctl', 180, 42],
  ['uselib', 134, null],
];

/** Answered with "no such system call", so that libraries take their older way. */
export const ABSENT_CALLS: readonly DeniedCall[] = [
  // Its flags lie in memory, where a filter cannot look; libc goes back to `clone`.
  ['clone3', 435, 435],
  // Does input and output past every other rule of this list; libuv goes back to threads.
  ['io_uring_setup', 425, 425],
  ['io_uring_enter', 426, 426],
  ['io_uring_register', 427, 427],
  // Its flags and mode lie in memory as well.
  ['openat2', 437, 437],
  // Memory that no look can find: pages that are in no process's memory any more, each of a pipe's 256 up to 2 MiB; files of
  // secret memory without a size; 32,000 queues of 16 KiB.
  ['vmsplice', 278, 75],
  ['memfd_secret', 447, 447],
  ['msgget', 68, 186],
];

/** Makes a set of semaphores; the argument that is their number. */
export const SEMAPHORE_CALL: readonly [...DeniedCall, argument: number] = ['semget', 64, 190, 1];
/**
 * Semaphores of one set: PostgreSQL takes 20. There may be 32,000 sets, 64 bytes for each semaphore, and no look finds them: 64 MiB
 * at most, where the kernel's own limit makes it 61 GiB.
 */
export const MAX_SEMAPHORES = 32;

/** Makes a System V segment; the argument that is its size. */
export const SEGMENT_CALL: readonly [...DeniedCall, argument: number] = ['shmget', 29, 194, 1];
/**
 * Bytes of one segment: PostgreSQL takes 56, to know its kin by. There may be 4,096, and one that nobody has attached is found by
 * no look: 64 MiB at most.
 */
export const MAX_SEGMENT_BYTES = 16 * 1024;

/** Address families of `socket`: unspecified, unix, IPv4, IPv6, netlink. All others are said not to exist, as flatpak does. */
export const SOCKET_FAMILIES = [0, 1, 2, 10, 16] as const;
export const SOCKET_CALLS: readonly DeniedCall[] = [
  ['socket', 41, 198],
  ['socketpair', 53, 199],
];

/**
 * Calls that give a file its mode, and which argument that is. Set-user-id and set-group-id are refused: a file in a
 * workspace is a file of the machine, where somebody else may run it.
 */
export const MODE_CALLS: readonly (readonly [...DeniedCall, argument: number])[] = [
  ['chmod', 90, null, 1],
  ['fchmod', 91, 52, 1],
  ['fchmodat', 268, 53, 2],
  ['fchmodat2', 452, 452, 2],
  ['creat', 85, null, 1],
  ['mknod', 133, null, 1],
  ['mknodat', 259, 33, 2],
];

/** The same where the mode counts only when the flags, in this argument, make a file; it is the argument after them. */
export const OPEN_CALLS: readonly (readonly [...DeniedCall, flags: number])[] = [
  ['open', 2, null, 1],
  ['openat', 257, 56, 2],
];

/** Set a limit; the argument that names it, and the one that is null when it is only asked for. */
export const LIMIT_CALLS: readonly (readonly [...DeniedCall, resource: number, limit: number])[] = [
  ['setrlimit', 160, 164, 0, 1],
  ['prlimit64', 302, 261, 1, 2],
];
