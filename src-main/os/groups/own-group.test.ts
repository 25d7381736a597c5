import { expect, it } from 'vitest';
import { ownGroup } from './own-group.ts';

const tmpfs = '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755';
const at = (root: string, point: string): string =>
  `${tmpfs}\n41 31 0:38 ${root} ${point} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n`;
const scope = '/user.slice/user-1000.slice/user@1000.service/app.slice/app.scope';

it.each([
  [
    'a scope of systemd',
    `0::${scope}\n`,
    at('/', '/sys/fs/cgroup'),
    { path: `/sys/fs/cgroup${scope}`, isRoot: false },
  ],
  [
    'beside version 1',
    '9:name=systemd:/x\n0::/\n',
    at('/', '/sys/fs/cgroup/unified'),
    { path: '/sys/fs/cgroup/unified/', isRoot: true },
  ],
  [
    'a mount of a part, and in it',
    '0::/docker/a/b\n',
    at('/docker/a', '/sys/fs/cgroup'),
    { path: '/sys/fs/cgroup/b', isRoot: false },
  ],
  [
    'a mount of just this',
    '0::/docker/a\n',
    at('/docker/a', '/sys/fs/cgroup'),
    { path: '/sys/fs/cgroup/', isRoot: true },
  ],
  [
    'a mount of another part',
    '0::/other\n',
    at('/docker/a', '/sys/fs/cgroup'),
    { reason: 'the cgroup of this program is not visible' },
  ],
  [
    'above the root of the namespace',
    '0::/../x\n',
    at('/', '/sys/fs/cgroup'),
    { reason: 'the cgroup of this program is not visible' },
  ],
  ['version 1 alone', '4:memory:/x\n', tmpfs, { reason: 'this system has no cgroup v2' }],
  ['no mount', '0::/\n', tmpfs, { reason: 'this system has no cgroup v2' }],
])('where this process stands: %s', (_what, memberships, mounts, expected) => {
  expect(ownGroup(memberships, mounts)).toEqual(expected);
});
