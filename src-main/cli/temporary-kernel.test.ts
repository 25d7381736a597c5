import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Kernel } from '../contract/kernel.ts';
import { withTemporaryKernel } from './temporary-kernel.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a kernel for one command', () => {
  it.each(['/does/not/exist', '/proc', '/dev/null'])(
    'is refused in words when the temporary folder is %s',
    async (folder) => {
      vi.stubEnv('TMPDIR', folder);
      const start = (): Promise<Kernel> => Promise.reject(new Error('it was started'));
      await expect(withTemporaryKernel(start, () => Promise.resolve())).rejects.toMatchObject({
        code: 'temporary-folder-unusable',
        message: expect.stringContaining(folder),
        hint: expect.stringContaining('TMPDIR'),
      });
    },
  );
});
