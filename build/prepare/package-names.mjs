/**
 * Which package brings a program or library, per family of distributions. Libraries that are not listed:
 * Fedora and openSUSE can be asked for the library itself; the others get the whole GTK stack, which
 * Chromium's libraries come with.
 */
const PROGRAMS = {
  bwrap: { debian: 'bubblewrap', fedora: 'bubblewrap', arch: 'bubblewrap', suse: 'bubblewrap' },
  prlimit: { debian: 'util-linux', fedora: 'util-linux', arch: 'util-linux', suse: 'util-linux' },
  'xvfb-run': {
    debian: 'xvfb',
    fedora: 'xorg-x11-server-Xvfb',
    arch: 'xorg-server-xvfb',
    suse: 'xvfb-run',
  },
  Xvfb: {
    debian: 'xvfb',
    fedora: 'xorg-x11-server-Xvfb',
    arch: 'xorg-server-xvfb',
    suse: 'xorg-x11-server-Xvfb',
  },
  xauth: { debian: 'xauth', fedora: 'xorg-x11-xauth', arch: 'xorg-xauth', suse: 'xauth' },
};

/** @type {Record<string, string>} */
const DEBIAN_LIBRARIES = {
  'libasound.so.2': 'libasound2',
  'libatk-1.0.so.0': 'libatk1.0-0',
  'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0',
  'libatspi.so.0': 'libatspi2.0-0',
  'libcairo.so.2': 'libcairo2',
  'libcups.so.2': 'libcups2',
  'libdbus-1.so.3': 'libdbus-1-3',
  'libdrm.so.2': 'libdrm2',
  'libexpat.so.1': 'libexpat1',
  'libgbm.so.1': 'libgbm1',
  'libgio-2.0.so.0': 'libglib2.0-0',
  'libglib-2.0.so.0': 'libglib2.0-0',
  'libgobject-2.0.so.0': 'libglib2.0-0',
  'libgtk-3.so.0': 'libgtk-3-0',
  'libnspr4.so': 'libnspr4',
  'libnss3.so': 'libnss3',
  'libnssutil3.so': 'libnss3',
  'libpango-1.0.so.0': 'libpango-1.0-0',
  'libsmime3.so': 'libnss3',
  'libudev.so.1': 'libudev1',
  'libX11.so.6': 'libx11-6',
  'libxcb.so.1': 'libxcb1',
  'libXcomposite.so.1': 'libxcomposite1',
  'libXdamage.so.1': 'libxdamage1',
  'libXext.so.6': 'libxext6',
  'libXfixes.so.3': 'libxfixes3',
  'libxkbcommon.so.0': 'libxkbcommon0',
  'libXrandr.so.2': 'libxrandr2',
};

const ARCH_LIBRARIES = ['gtk3', 'nss', 'alsa-lib', 'mesa', 'libcups'];

/**
 * @param {string[]} missing names of programs and shared libraries
 * @param {'debian' | 'fedora' | 'arch' | 'suse'} family
 * @returns {string[]} packages, sorted, each once
 */
export function packagesFor(missing, family) {
  const names = missing.flatMap((name) => {
    if (name in PROGRAMS) {
      return [PROGRAMS[/** @type {keyof typeof PROGRAMS} */ (name)][family]];
    }
    switch (family) {
      case 'debian':
        return [DEBIAN_LIBRARIES[name] ?? 'libgtk-3-0'];
      case 'arch':
        return ARCH_LIBRARIES;
      case 'fedora':
      case 'suse':
        return [`${name}()(64bit)`];
    }
  });
  return [...new Set(names)].sort();
}
