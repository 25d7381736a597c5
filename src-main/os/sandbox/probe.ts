import { readFile } from 'node:fs/promises';
import { CHILD_PATH, PROBE_TIMEOUT_MS } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { refuseAfterSeatbelt } from './macos/probe.ts';
import { seccompFilter, type SandboxNetwork } from './linux/seccomp.ts';
import { systemMounts, type SandboxTools } from './linux/bubblewrap.ts';
import { parseMountTable } from '../proc/mount-table.ts';
import { openGroups, type HeldLimits } from '../groups/sandbox-groups.ts';
import { findTool, type HostTool } from '../tool/host-tool.ts';
import { runTool } from '../tool/run-tool.ts';
import { readSystemView } from './spec/system-view.ts';

/** A sandbox that was seen to work, and what it is made of. */
export interface Sandbox extends SandboxTools {
  /** bubblewrap. */
  readonly bwrap: HostTool;
  readonly version: string;
  readonly prlimit: HostTool;
  /** What the kernel holds a whole sandbox to, beside what it holds single processes to. */
  readonly limits: HeldLimits;
  /** The points of what a sandbox mounts that opens nothing to its program, one for each mount. */
  readonly ownMounts: readonly string[];
  /** The compiled filters of system calls, by whose network a program has; null on an architecture that has none, where the namespaces are alone. */
  readonly seccomp: Readonly<Record<SandboxNetwork, Buffer | null>>;
}

export interface ProbeOptions {
  readonly platform: NodeJS.Platform;
  /** Colon-separated folders to look for bubblewrap in. */
  readonly searchPath: string;
}

/**
 * Finds out whether programs can be sandboxed here, by doing it once.
 * Throws `OsError` `sandbox-unsupported`, `sandbox-missing` (also for a bubblewrap that is too old) or `sandbox-blocked`, each with its fix; `spawn-failed` when
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
  await requireDescriptorMounts(bwrap);
  const version = await readVersion(bwrap);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const tools = { tmpfsSize: major > 0 || minor >= 7, view: await readSystemView() };
  return {
    ...tools,
    bwrap,
    version,
    ownMounts: await tryNamespaces(bwrap, tools),
    prlimit,
    limits: openGroups(),
    seccomp: { own: seccompFilter(process.arch, 'own'), shared: seccompFilter(process.arch, 'shared') },
  };
}

/**
 * Names can be made to lead elsewhere between a look at them and the mount, so nothing is mounted by name that a capsule's
 * program could swap. bubblewrap does it since 0.10; Debian and others have it in older releases too.
 */
async function requireDescriptorMounts(bwrap: HostTool): Promise<void> {
  const { stdout } = await runTool(bwrap, ['--help'], { timeout: PROBE_TIMEOUT_MS });
  if (!['--bind-fd', '--ro-bind-fd'].every((option) => stdout.includes(`${option} `))) {
    throw new OsError(
      'sandbox-missing',
      'The installed bubblewrap is too old: it cannot mount folders by descriptor (--bind-fd, --ro-bind-fd).',
      `Update bubblewrap with the security updates of your system, or to 0.10 or newer: ${await installCommand()}`,
    );
  }
}

/** A sandbox that opens nothing to its program, which tells what is mounted in it. */
async function tryNamespaces(bwrap: HostTool, tools: SandboxTools): Promise<readonly string[]> {
  const flags = ['--unshare-all', '--die-with-parent', '--new-session', ...systemMounts(tools)];
  const program = ['cat', '/proc/self/mountinfo'];
  const result = await runTool(bwrap, [...flags, '--', ...program], { timeout: PROBE_TIMEOUT_MS });
  if (!result.ok) {
    const said = result.stderr.trim().split('\n')[0] ?? '';
    throw new OsError(
      'sandbox-blocked',
      `bubblewrap is installed, but this system does not allow it to create a sandbox${said === '' ? '.' : `: ${said}`}`,
      await namespaceFix(),
    );
  }
  return parseMountTable(result.stdout).map(({ point }) => point);
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
