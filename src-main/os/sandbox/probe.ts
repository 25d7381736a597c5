import { readFile } from 'node:fs/promises';
import { CHILD_PATH, PROBE_TIMEOUT_MS } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { refuseAfterSeatbelt } from './macos/probe.ts';
import { seccompFilter } from './linux/seccomp.ts';
import type { SandboxTools } from './linux/bubblewrap.ts';
import { findTool, type HostTool } from '../tool/host-tool.ts';
import { runTool } from '../tool/run-tool.ts';
import { readSystemView } from './spec/system-view.ts';

/** A sandbox that was seen to work, and what it is made of. */
export interface Sandbox extends SandboxTools {
  /** bubblewrap. */
  readonly bwrap: HostTool;
  readonly version: string;
  readonly prlimit: HostTool;
  /** The compiled filter of system calls; null on an architecture that has none, where the namespaces are alone. */
  readonly seccomp: Buffer | null;
}

export interface ProbeOptions {
  readonly platform: NodeJS.Platform;
  /** Colon-separated folders to look for bubblewrap in. */
  readonly searchPath: string;
}

/**
 * Finds out whether programs can be sandboxed here, by doing it once.
 * Throws `OsError` `sandbox-unsupported`, `sandbox-missing` or `sandbox-blocked`, each with its fix; `spawn-failed` when
 * no process could be made to find it out.
 */
export async function probeSandbox(
  { platform, searchPath }: ProbeOptions = { platform: process.platform, searchPath: CHILD_PATH },
): Promise<Sandbox> {
  if (platform === 'darwin') {
    return refuseAfterSeatbelt();
  }
  if (platform !== 'linux') {
    throw new OsError(
      'sandbox-unsupported',
      `There is no process sandbox for ${platform} yet, and processes are never started without one.`,
      'Run Capsule Desktop on Linux to let capsules start processes.',
    );
  }
  const bwrap = await findTool('bwrap', searchPath);
  if (bwrap === null) {
    throw new OsError(
      'sandbox-missing',
      'bubblewrap, which isolates capsule processes, is not installed.',
      `Install it: ${await installCommand()}`,
    );
  }
  const prlimit = await findTool('prlimit');
  if (prlimit === null) {
    throw new OsError(
      'sandbox-missing',
      'prlimit, which limits capsule processes, is not installed.',
      'Install the package util-linux (on Alpine: util-linux-misc).',
    );
  }
  await tryNamespaces(bwrap);
  const version = await readVersion(bwrap);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return {
    bwrap,
    version,
    tmpfsSize: major > 0 || minor >= 7,
    view: await readSystemView(),
    prlimit,
    seccomp: seccompFilter(process.arch),
  };
}

/** The flags that need something from the system; the rest cannot be refused. */
async function tryNamespaces(bwrap: HostTool): Promise<void> {
  const flags = [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
  ];
  const result = await runTool(bwrap, [...flags, '--', '/bin/true'], { timeout: PROBE_TIMEOUT_MS });
  if (!result.ok) {
    const said = result.stderr.trim().split('\n')[0] ?? '';
    throw new OsError(
      'sandbox-blocked',
      `bubblewrap is installed, but this system does not allow it to create a sandbox${said === '' ? '.' : `: ${said}`}`,
      await namespaceFix(),
    );
  }
}

async function readVersion(bwrap: HostTool): Promise<string> {
  const { stdout } = await runTool(bwrap, ['--version']);
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? '0';
}

/** Which of the two known switches is off; distributions differ in which one they have. */
async function namespaceFix(): Promise<string> {
  const appArmor = await readSwitch('/proc/sys/kernel/apparmor_restrict_unprivileged_userns');
  if (appArmor === '1') {
    return 'Allow user namespaces for bubblewrap with an AppArmor profile, or for every program: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  }
  if ((await readSwitch('/proc/sys/kernel/unprivileged_userns_clone')) === '0') {
    return 'Allow unprivileged user namespaces: sudo sysctl -w kernel.unprivileged_userns_clone=1';
  }
  return 'Allow unprivileged user namespaces (sysctl user.max_user_namespaces; in a container: its seccomp profile), or install bubblewrap setuid root.';
}

async function readSwitch(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}

const INSTALL_COMMANDS: readonly (readonly [family: RegExp, command: string])[] = [
  [/debian|ubuntu/, 'sudo apt install bubblewrap'],
  [/fedora|rhel|centos/, 'sudo dnf install bubblewrap'],
  [/arch/, 'sudo pacman -S bubblewrap'],
  [/suse/, 'sudo zypper install bubblewrap'],
  [/alpine/, 'sudo apk add bubblewrap'],
];

async function installCommand(): Promise<string> {
  const release = (await readSwitch('/etc/os-release')) ?? '';
  const family = /^ID(?:_LIKE)?=.*$/gm;
  const names = (release.match(family) ?? []).join(' ');
  return (
    INSTALL_COMMANDS.find(([pattern]) => pattern.test(names))?.[1] ?? 'the package bubblewrap of your system'
  );
}
