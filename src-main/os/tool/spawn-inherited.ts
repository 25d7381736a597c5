import { closeSync, openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { BLANKED_DESCRIPTORS } from '../limits.ts';

const O_CLOEXEC = 0o2000000;

/** One of a child's descriptors: a number of ours, or nothing. */
type Descriptor = number | 'ignore' | 'pipe';

/** Covers what the child would inherit by accident; see `inheritedDescriptors`. The caller closes what is `lent`. */
export function blankInherited(last: number, lent: number[]): readonly Descriptor[] {
  const inherited = inheritedDescriptors(last);
  if (inherited.length === 0) {
    return [];
  }
  const first = last + 1;
  const fd = openSync('/dev/null', 'r');
  lent.push(fd);
  const length = Math.max(...inherited) - first + 1;
  return Array.from({ length }, (_, index) => (inherited.includes(first + index) ? fd : 'ignore'));
}

/**
 * Descriptors above `last` that a child of this process would get without being asked: what whoever started the
 * application left open to it (a shell, `make`, a service manager). Through one of them a program would reach out of
 * its sandbox, so `spawn` replaces each by `/dev/null`. Everything that Node opens is close-on-exec.
 */
function inheritedDescriptors(last: number): readonly number[] {
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((fd) => fd > last && !isCloseOnExec(fd));
}

/**
 * Closes the inherited descriptors with high numbers: to blank one, `spawn` has to list all below it, which costs tens
 * of milliseconds at 250. Only those that our parent has open as the same file under the same number, so certainly
 * nobody in this process opened them. What is handed over on purpose (IPC channels, sockets of a service manager)
 * sits right above stderr and is left alone.
 */
export function closeHighInherited(): void {
  for (const fd of inheritedDescriptors(BLANKED_DESCRIPTORS)) {
    const mine = readDescriptor('self', fd);
    if (mine !== null && mine === readDescriptor(String(process.ppid), fd)) {
      closeSync(fd);
    }
  }
}

function isCloseOnExec(fd: number): boolean {
  try {
    const flags =
      /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${String(fd)}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & O_CLOEXEC) !== 0;
  } catch {
    // The one that listed the folder; closed by now.
    return true;
  }
}

/** What the descriptor refers to, such as `pipe:[4711]`; null when it cannot be seen. */
function readDescriptor(process: string, fd: number): string | null {
  try {
    return readlinkSync(`/proc/${process}/fd/${String(fd)}`);
  } catch {
    return null;
  }
}

type ExecaDescriptors = readonly [3, 3, 3, ...3[]];

/** execa hands any descriptor on; its type names only 3 to 9. */
export function descriptors(...all: readonly Descriptor[]): ExecaDescriptors {
  return all as unknown as ExecaDescriptors;
}
