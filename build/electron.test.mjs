import { describe, expect, it } from 'vitest';
import { chooseElectron } from './electron.mjs';

const wanted = '45.4.1';
const works = async () => '/dist/electron';
const fails = async () => {
  throw new Error('getaddrinfo ENOTFOUND github.com');
};
const testElectron = async () => ({ path: '/cache/electron', version: '33.2.1' });

describe('the choice of Electron', () => {
  it('is the pinned one where its download works', async () => {
    const choice = await chooseElectron({ wanted, download: works, buildTest: fails });
    expect(choice).toEqual({ path: '/dist/electron', version: wanted, pinned: true, wanted });
  });

  it('is the test Electron, marked as such, where the download fails', async () => {
    const choice = await chooseElectron({ wanted, download: fails, buildTest: testElectron });
    expect(choice).toEqual({ path: '/cache/electron', version: '33.2.1', pinned: false, wanted });
  });

  it('fails with both reasons and the command to type where neither can be had', async () => {
    const unsupported = async () => {
      throw new Error('there is a test Electron for linux x64 only');
    };
    await expect(chooseElectron({ wanted, download: fails, buildTest: unsupported })).rejects.toMatchObject({
      message: expect.stringMatching(/ENOTFOUND github\.com.*linux x64 only/),
      command: 'node node_modules/electron/install.js',
    });
  });
});
