import { readFile } from 'node:fs/promises';

/** One mount as a process sees it. */
export interface TableEntry {
  /** Major and minor number of its file system. */
  readonly device: string;
  /** What of the file system is mounted. */
  readonly root: string;
  readonly point: string;
}

/**
 * The mounts that a process sees (proc_pid_mountinfo(5)); null when it has ended. Off this thread: the kernel takes 10 ms to write a
 * table with 128 names of 4 KB each.
 */
export async function readMountTable(pid: number | 'self'): Promise<readonly TableEntry[] | null> {
  const text = await readFile(`/proc/${String(pid)}/mountinfo`, 'utf8').catch(() => null);
  return text === null ? null : parseMountTable(text);
}

export function parseMountTable(text: string): readonly TableEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, , device, root, point] = line.split(' ');
    return device === undefined || root === undefined || point === undefined
      ? []
      : [{ device, root: unescapeText(root), point: unescapeText(point) }];
  });
}

/** The kernel writes what would separate fields or lines as three octal digits, byte by byte. */
function unescapeText(text: string): string {
  if (!text.includes('\\')) {
    return text;
  }
  const bytes = Buffer.from(text).toString('latin1');
  const plain = bytes.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(plain, 'latin1').toString();
}
