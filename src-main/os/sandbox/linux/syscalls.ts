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
];
