import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where this process stands in cgroup v2: a folder, or why there is none. */
export type OwnGroup = { readonly path: string; readonly isRoot: boolean } | { readonly reason: string };

/** @param memberships the text of `/proc/self/cgroup`; `mounts`: that of `/proc/self/mountinfo` */
export function ownGroup(
  memberships: string = readFileSync('/proc/self/cgroup', 'utf8'),
  mounts: string = readFileSync('/proc/self/mountinfo', 'utf8'),
): OwnGroup {
  const inside = /^0::(\/.*)$/m.exec(memberships)?.[1];
  // Fields: id, parent, device, root of the mount, point, …, "-", type.
  const mount = /^\d+ \d+ \S+ (\S+) (\S+) .* - cgroup2 /m.exec(mounts);
  const [, root, point] = mount ?? [];
  if (inside === undefined || root === undefined || point === undefined) {
    return { reason: 'this system has no cgroup v2' };
  }
  const below = root === '/' ? inside : inside === root ? '/' : inside.replace(`${root}/`, '/');
  if (inside.includes('/..') || (root !== '/' && below === inside)) {
    return { reason: 'the cgroup of this program is not visible' };
  }
  return { path: join(point, below), isRoot: below === '/' };
}
