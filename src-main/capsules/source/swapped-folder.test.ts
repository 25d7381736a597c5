import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { swapBefore } from '../../os/files/swap-testing.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readFolder } from './folder.ts';
import { COMPONENT, MANIFEST } from './testing.ts';

/** What somebody else can write in the folder that is being installed. */
describe('a folder that is swapped while it is read', () => {
  const fifo = (path: string): void => void execFileSync('mkfifo', [path]);

  it.each<[string, string, (path: string, outside: string) => void]>([
    ['a file, for a FIFO', 'a/x', fifo],
    ['a file, for a link outside', 'a/x', (path, outside) => symlinkSync(join(outside, 'x'), path)],
    ['the folder around it, for a link outside', 'a', (path, outside) => symlinkSync(outside, path)],
    ['the folder around it, for a FIFO', 'a', fifo],
    ['all of it, for a link outside', '', (path, outside) => symlinkSync(outside, path)],
    ['the manifest, for a FIFO', 'Capsule.toml', fifo],
    ['the component, for a link outside', 'demo.wasm', (path, outside) => symlinkSync(outside, path)],
  ])('gives nothing from outside and holds nobody up: %s', async (_what, part, put) => {
    let reached = true;
    const open = readdirSync('/proc/self/fd').length;
    // What the whole is named by may be a link before it is first looked at.
    for (let at = part === '' ? 1 : 0; reached; at += 1) {
      const folder = await temporaryFolder();
      const [root, outside] = [join(folder, 'capsule'), join(folder, 'outside')];
      for (const place of [root, outside]) {
        mkdirSync(join(place, 'a'), { recursive: true });
        writeFileSync(join(place, 'Capsule.toml'), MANIFEST);
        writeFileSync(join(place, 'demo.wasm'), COMPONENT);
        for (const name of ['a/x', 'x']) {
          writeFileSync(join(place, name), place === root ? 'given' : 'SECRET');
        }
      }
      const path = join(root, part);
      const swap = (): void => {
        renameSync(path, join(folder, 'was'));
        put(path, outside);
      };
      const { outcome, swapped } = await swapBefore(at, path, swap, () => readFolder(root));
      reached = swapped;
      const files = outcome.status === 'fulfilled' ? [...outcome.value.files.values()] : [];
      const texts = await Promise.all(files.map(async (file) => Buffer.from(await file.read()).toString()));
      expect(texts, `swapped before call ${String(at)}`).not.toContain('SECRET');
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ code: expect.stringMatching(/^source-/) as string });
      }
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(open);
  });
});
