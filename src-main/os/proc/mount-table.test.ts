import { describe, expect, it } from 'vitest';
import { parseMountTable, readMountTable } from './mount-table.ts';

describe('the mounts of a process', () => {
  it('are read with their names as they are', () => {
    const text = [
      '65 42 0:40 /newroot / rw,nosuid,nodev,relatime - tmpfs tmpfs rw',
      '79 78 254:0 /a\\040b /tmp/tab\\011line\\012back\\134slash ro shared:1 - ext4 /dev/vda rw',
      '80 78 254:0 /\\303\\244 /ä ro - ext4 /dev/vda rw',
      '',
    ].join('\n');
    expect(parseMountTable(text)).toEqual([
      { device: '0:40', root: '/newroot', point: '/' },
      { device: '254:0', root: '/a b', point: '/tmp/tab\tline\nback\\slash' },
      { device: '254:0', root: '/ä', point: '/ä' },
    ]);
  });

  it('are those of this one, and none of one that is not there', async () => {
    const own = await readMountTable('self');
    expect(own?.map(({ point }) => point)).toContain('/');
    await expect(readMountTable(2 ** 30)).resolves.toBeNull();
  });
});
