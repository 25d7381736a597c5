import { readFileSync, readlinkSync } from 'node:fs';
import { PAGE_BYTES } from '../limits.ts';
import type { Descriptors } from './descriptors.ts';

/**
 * The most that the pipes and sockets of a sandbox can hold, in bytes; infinite where some of its pipes cannot be seen. It is a
 * bound: what one holds can be seen from inside only. Sockets are counted by their network namespace, so that those that
 * travel or wait to be accepted are counted too.
 */
export function boundOfBuffers(init: number, { pipes, sockets, hidden }: Descriptors): number {
  if (hidden) {
    return Infinity;
  }
  const table = read(`/proc/${String(init)}/net/sockstat`);
  const figure = (line: string, name: string): number =>
    Number(new RegExp(`^${line}:.*\\b${name} (\\d+)`, 'm').exec(table)?.[1] ?? 0);
  const used = sharesNetwork(init) ? sockets : figure('sockets', 'used');
  // What TCP and UDP keep is not bounded by the number of their sockets, but told: for the whole machine, so a bound again.
  const internet = ['TCP', 'UDP'].reduce(
    (sum, name) => sum + (figure(name, 'inuse') > 0 ? figure(name, 'mem') * PAGE_BYTES : 0),
    0,
  );
  return pipes * setting('fs/pipe-max-size') + used * 2 * setting('net/core/wmem_max') + internet;
}

/** Twice `wmem_max` is what SO_SNDBUF gives at most, one's own accounting included (socket(7)). */
function setting(name: string): number {
  return Number(read(`/proc/sys/${name}`)) || Infinity;
}

function sharesNetwork(init: number): boolean {
  try {
    return readlinkSync(`/proc/${String(init)}/ns/net`) === readlinkSync('/proc/self/ns/net');
  } catch {
    // Gone: there are no sockets to count.
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone, or not to be read here: what needs it takes it for unbounded.
    return '';
  }
}
