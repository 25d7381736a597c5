/** The fixed lists of the macOS profile, each entry with its reason. No path of a user is among them. */

/**
 * Read and executed by every program. Not `/System` as a whole: `/System/Volumes/Data` is a second way to everything that
 * is writable, homes included. Not `/Library` as a whole: it holds key chains and the data of other applications.
 */
export const SEATBELT_SYSTEM_FOLDERS = [
  '/usr',
  '/bin',
  '/sbin',
  '/System/Library',
  // The dynamic loader's shared cache; the first is the name, the second where it lies since macOS 13.
  '/System/Cryptexes',
  '/System/Volumes/Preboot/Cryptexes',
  '/Library/Apple',
  // `/usr/bin/git`, `python3`, `make` and `cc` only pass on to the tools in here.
  '/Library/Developer/CommandLineTools',
  '/Library/Frameworks',
  '/private/var/db/timezone',
  '/private/var/select',
  '/private/etc/ssl',
] as const;

/**
 * Read, each alone. `/` because every program aborts in the loader without it (it shows the names of the top folders). The
 * rest is the same allow-list of `/etc` as elsewhere, as far as macOS has it: no `master.passwd`, no `sudoers`, no `ssh`.
 */
export const SEATBELT_SYSTEM_FILES = [
  '/',
  '/dev/null',
  '/dev/zero',
  '/dev/random',
  '/dev/urandom',
  '/private/etc/bashrc',
  '/private/etc/group',
  '/private/etc/localtime',
  '/private/etc/passwd',
  '/private/etc/profile',
  '/private/etc/protocols',
  '/private/etc/services',
  '/private/etc/shells',
  '/private/etc/zshrc',
  '/private/var/db/xcode_select_link',
] as const;

/** Only looked up, not read: the links that the names of everyday paths go through, and the folders behind them. */
export const SEATBELT_WAYPOINTS = [
  '/Library',
  '/Library/Developer',
  '/System',
  '/System/Volumes',
  '/dev',
  '/etc',
  '/private',
  '/private/etc',
  '/private/var',
  '/private/var/db',
  '/tmp',
  '/var',
] as const;

/** Shut before the grants, so that only a grant opens a part of them, whatever the lists above come to say. */
export const SEATBELT_HIDDEN_FOLDERS = [
  '/Users',
  '/Volumes',
  '/System/Volumes/Data',
  '/Library/Keychains',
  '/private/tmp',
  '/private/var/folders',
  '/private/var/root',
  '/private/var/tmp',
] as const;

/** How to reach the network; read only by who may use it. */
export const SEATBELT_NETWORK_FILES = [
  '/private/etc/hosts',
  '/private/etc/resolv.conf',
  '/private/var/run/resolv.conf',
] as const;

/** The one unix socket that comes with the network: names are resolved through it. */
export const SEATBELT_RESOLVER_SOCKET = '/private/var/run/mDNSResponder';

/**
 * Mach services that may be looked up. Every one not named is closed; above all those that start programs outside of the
 * sandbox (launch services), hold secrets (security server), preferences, the clipboard, or the screen.
 */
export const SEATBELT_SERVICES = [
  // `getpwuid` and `getgrgid`: shells, git and python ask for the user's name and home.
  'com.apple.system.opendirectoryd.libinfo',
  // Which groups the user is in, for `access` and `id`.
  'com.apple.system.opendirectoryd.membership',
  // `notify(3)`, which the C library asks whether the time zone has changed.
  'com.apple.system.notification_center',
] as const;

/** More of them for who may use the network: resolver and proxy settings, and the check of certificates. */
export const SEATBELT_NETWORK_SERVICES = [
  'com.apple.SystemConfiguration.DNSConfiguration',
  'com.apple.SystemConfiguration.configd',
  'com.apple.trustd.agent',
] as const;

/**
 * Kernel values that runtimes read at their start: the machine, the version, the sizes of its tables. Not all of them:
 * `kern.proc` and `kern.procargs2` hold the arguments and environments of other programs.
 */
export const SEATBELT_SYSCTL_PREFIXES = ['hw.', 'machdep.cpu.', 'kern.os'] as const;
export const SEATBELT_SYSCTLS = [
  'kern.argmax',
  'kern.hostname',
  'kern.maxfilesperproc',
  'kern.maxproc',
  'kern.ngroups',
  'kern.secure_kernel',
  'kern.usrstack64',
  'kern.version',
  'vm.loadavg',
] as const;
