import { describe, expect, it } from 'vitest';
import { chooseElectron } from './electron.mjs';

const wanted = '45.4.1';
const known = undefined;
const works = async () => '/dist/electron';
const fails = async () => {
  throw new Error('getaddrinfo ENOTFOUND github.com');
};
const testElectron = async () => ({ path: '/cache/electron', version: '33.2.1' });

describe('the choice of Electron', () => {
  it('is the pinned one where its download works', async () => {
    const choice = await chooseElectron({ wanted, known, download: works, buildTest: fails });
    expect(choice).toEqual({ path: '/dist/electron', version: wanted, pinned: true, wanted });
  });

  it('is the test Electron, marked as such, where the download fails', async () => {
    const choice = await chooseElectron({ wanted, known, download: fails, buildTest: testElectron });
    expect(choice).toEqual({ path: '/cache/electron', version: '33.2.1', pinned: false, wanted });
  });

  it('fails with both reasons and the command to type where neither can be had', async () => {
    const unsupported = async () => {
      throw new Error('there is a test Electron for linux x64 only');
    };
    await expect(
      chooseElectron({ wanted, known, download: fails, buildTest: unsupported }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/ENOTFOUND github\.com.*linux x64 only/),
      command: 'node node_modules/electron/install.js',
    });
  });

  describe('made before', () => {
    /** Some file that is there. */
    const place = process.execPath;
    const pinned = { path: place, version: wanted, pinned: true, wanted };
    const stale = { path: place, version: '32.0.0', pinned: false, wanted };

    it('is kept where it was the pinned one', async () => {
      const choice = await chooseElectron({ wanted, known: pinned, download: fails, buildTest: fails });
      expect(choice).toEqual(pinned);
    });

    it('is kept as the test Electron, made anew as its recipe now is, without the download', async () => {
      const choice = await chooseElectron({ wanted, known: stale, download: works, buildTest: testElectron });
      expect(choice).toEqual({ path: '/cache/electron', version: '33.2.1', pinned: false, wanted });
    });

    it('is the pinned one after all where its recipe no longer works', async () => {
      const choice = await chooseElectron({ wanted, known: stale, download: works, buildTest: fails });
      expect(choice).toEqual({ path: '/dist/electron', version: wanted, pinned: true, wanted });
    });

    it.each([
      ['another version is pinned now', { wanted: '45.0.0' }],
      ['the program is gone', { path: '/gone/electron' }],
    ])('is made again when %s', async (_title, part) => {
      for (const before of [pinned, stale]) {
        const choice = await chooseElectron({
          wanted,
          known: { ...before, ...part },
          download: works,
          buildTest: fails,
        });
        expect(choice).toEqual({ path: '/dist/electron', version: wanted, pinned: true, wanted });
      }
    });
  });
});
