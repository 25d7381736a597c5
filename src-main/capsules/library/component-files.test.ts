import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { hashComponent } from '../component/hash.ts';
import { createComponentFiles } from './component-files.ts';

const COMPONENTS = ['one', 'two'].map((text) => Buffer.from(text));
const HASHES = COMPONENTS.map((bytes) => hashComponent(bytes));

describe('the components of the installed capsules', () => {
  it('are there as long as a capsule has them, whatever happens at once', async () => {
    // Who comes with which component, and after how many turns each gives it back; 0 keeps it.
    const holder = fc.record({ which: fc.nat(1), turns: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(fc.array(holder, { maxLength: 8 }), async (holders) => {
        const folder = await temporaryFolder();
        const files = createComponentFiles(folder);
        const kept = await Promise.all(
          holders.map(async ({ which, turns }) => {
            const [hash, bytes] = [HASHES[which] ?? '', COMPONENTS[which] ?? Buffer.of()];
            const release = await files.put(hash, bytes);
            expect(Buffer.from(await files.read(hash))).toEqual(bytes);
            for (let turn = 1; turn < turns; turn += 1) {
              await new Promise((resolve) => setImmediate(resolve));
            }
            if (turns > 0) {
              // Given back once, however often it is called.
              await Promise.all([release(), release()]);
            }
            return turns > 0 ? [] : [hash];
          }),
        );
        const names = [...new Set(kept.flat())].map((hash) => `${hash}.wasm`).sort();
        expect((await readdir(folder)).sort()).toEqual(names);
      }),
      { numRuns: 40 },
    );
  });

  it('stay for a capsule that was installed before', async () => {
    const folder = await temporaryFolder();
    const files = createComponentFiles(folder);
    const [hash, bytes] = [HASHES[0] ?? '', COMPONENTS[0] ?? Buffer.of()];
    await writeFile(join(folder, `${hash}.wasm`), bytes);
    const releaseOld = files.retain(hash);
    const releaseNew = await files.put(hash, bytes);
    await releaseNew();
    expect(Buffer.from(await files.read(hash))).toEqual(bytes);
    await releaseOld();
    await expect(files.read(hash)).rejects.toMatchObject({ code: 'store-damaged' });
  });

  it('that cannot be written are not counted', async () => {
    const files = createComponentFiles(join(await temporaryFolder(), 'missing'));
    await expect(files.put(HASHES[0] ?? '', Buffer.from('one'))).rejects.toThrow('ENOENT');
    await expect(files.read(HASHES[0] ?? '')).rejects.toMatchObject({ code: 'store-damaged' });
  });
});
