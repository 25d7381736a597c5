import { describe, expect, it } from 'vitest';
import { installKind, type InstallFacts } from './install-kind.ts';
import { libraryConfig } from './library-config.ts';
import { flagsOf } from '../../os/self/start-after-exit.ts';

const linux: InstallFacts = {
  platform: 'linux',
  packaged: true,
  program: '/home/a/folder/capsule-desktop',
  packageType: '',
  environment: {},
};
const mounted = { APPIMAGE: '/home/a/C.AppImage', APPDIR: '/tmp/.mount_x' };

describe('how the program was installed', () => {
  it.each<[string, Partial<InstallFacts>, string]>([
    ['from source', { packaged: false, environment: mounted }, 'none'],
    ['an AppImage', { program: '/tmp/.mount_x/capsule-desktop', environment: mounted }, 'appimage'],
    [
      'an AppImage that carries the mark of a package',
      { program: '/tmp/.mount_x/capsule-desktop', environment: mounted, packageType: 'deb' },
      'appimage',
    ],
    ['a folder, started by another program’s AppImage', { environment: mounted }, 'none'],
    ['beside a mount with a like name', { program: '/tmp/.mount_xy/c', environment: mounted }, 'none'],
    [
      'an AppImage that does not say where it is',
      { program: '/tmp/.mount_x/c', environment: { APPDIR: '/tmp/.mount_x' } },
      'none',
    ],
    ['a deb', { program: '/opt/Capsule Desktop/capsule-desktop', packageType: 'deb\n' }, 'deb'],
    ['an rpm', { program: '/opt/Capsule Desktop/capsule-desktop', packageType: 'rpm' }, 'rpm'],
    ['an unpacked folder', {}, 'none'],
    ['an unpacked folder with the mark of a package', { packageType: 'deb' }, 'none'],
    ['a mark that nobody knows', { program: '/opt/c', packageType: 'snap' }, 'none'],
    ['an installer on Windows', { platform: 'win32' }, 'nsis'],
    ['portable on Windows', { platform: 'win32', environment: { PORTABLE_EXECUTABLE_FILE: 'x' } }, 'none'],
    ['macOS', { platform: 'darwin' }, 'mac'],
    ['elsewhere', { platform: 'freebsd' }, 'none'],
  ])('%s', (_what, facts, kind) => {
    const found = installKind({ ...linux, ...facts });
    expect(found.kind).toBe(kind);
    expect(found.kind === 'none' ? found.reason : 'x').not.toBe('');
  });
});

describe('what the library reads about itself', () => {
  it('keeps who must have signed and names a folder of its own', () => {
    const text = libraryConfig('provider: generic\r\npublisherName: A\nupdaterCacheDirName: x\n', '/data/a');
    expect(text).toMatch(
      /^provider: generic\npublisherName: A\nupdaterCacheDirName: capsule-desktop-updater-[0-9a-f]{8}\n$/,
    );
    expect(libraryConfig('', '/data/b')).not.toBe(libraryConfig('', '/data/a'));
  });
});

describe('the command line after an update', () => {
  it('keeps the flags and opens nothing again', () => {
    expect(
      flagsOf(['/p', '--no-sandbox', 'x.capsule', '--a=b', 'capsule:install?file=/x', '--', '--c']),
    ).toEqual(['--no-sandbox', '--a=b']);
  });
});
