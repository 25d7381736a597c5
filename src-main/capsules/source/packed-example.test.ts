import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exampleFolder } from '../../testing/guests.ts';
import { readArchive } from './archive.ts';

it('an archive of the examples, made by the build, is read', async () => {
  const { manifest } = await readArchive(join(exampleFolder('runner'), 'build', 'runner.capsule'));
  expect(manifest.id).toBe('runner');
});
