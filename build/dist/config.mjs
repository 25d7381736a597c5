import path from 'node:path';
import { BUNDLED_CAPSULES } from '../bundle/bundled-capsules.mjs';

/** Where icons, notices and the bill of materials are put before packaging. */
export const RESOURCES = 'out/dist';

/** Of the built files, what the program needs when it runs; everything else stays out (see contents.mjs). */
const FILES = [
  'package.json',
  'out/main/*.js',
  'out/preload/*.cjs',
  'out/renderer/**/*',
  'out/kernel/{index,transpile-page-worker,guest-page,guest-page-worker,launcher-thread,tree-thread,disk-thread}.js',
  'out/kernel/*.wasm',
  ...BUNDLED_CAPSULES.map((name) => `capsules/${name}/build/${name}.capsule`),
  '!**/*.map',
  // Every package is bundled into out/.
  '!node_modules',
];

/** What the program needs of a Debian system beside the usual: libraries of Electron, and bubblewrap for capsules. */
const DEB_DEPENDS = [
  'bubblewrap',
  'util-linux',
  'libasound2 | libasound2t64',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libgbm1',
  'libgtk-3-0 | libgtk-3-0t64',
  'libnotify4',
  'libnss3',
  'libsecret-1-0',
  'libxss1',
  'libxtst6',
  'xdg-utils',
];

const RPM_DEPENDS = [
  'bubblewrap',
  'util-linux',
  'alsa-lib',
  'at-spi2-core',
  'gtk3',
  'libnotify',
  'libXScrnSaver',
  'libXtst',
  'libsecret',
  'mesa-libgbm',
  'nss',
  'xdg-utils',
];

const CAPSULE_FILE = {
  ext: 'capsule',
  name: 'Capsule',
  description: 'WebAssembly capsule',
  mimeType: 'application/x-capsule',
  role: /** @type {const} */ ('Viewer'),
};

/**
 * Windows keeps kinds of files and schemes of links under one roof and does not tell `Capsule` from `capsule`: the
 * kind of file needs a name that no scheme has.
 */
const WINDOWS_CAPSULE_FILE = { ...CAPSULE_FILE, name: 'CapsuleDesktop.Capsule' };

/**
 * Where an update is looked for is configured by the person (docs/updates.md). The builder writes the feed's index
 * (`latest*.yml`) only when it is given some address; this one can never resolve (RFC 2606).
 */
const NO_FEED = 'https://updates.invalid/';

/**
 * The one configuration of electron-builder, for every system.
 *
 * @param {object} build
 * @param {string} build.version
 * @param {string} build.commit 40 hex digits
 * @param {string} build.date ISO 8601
 * @param {{version: string, folder: string} | undefined} build.testElectron package this Electron instead of downloading the
 *   pinned one
 * @param {boolean} [build.toTry] made to be installed here and thrown away: as fast as can be, whatever its size
 * @returns {import('electron-builder').Configuration}
 */
export function builderConfig({ version, commit, date, testElectron, toTry = false }) {
  return {
    appId: 'io.github.capsule-desktop',
    productName: 'Capsule Desktop',
    copyright: `Copyright © ${date.slice(0, 4)} the Capsule Desktop authors`,
    directories: { output: 'dist', buildResources: RESOURCES },
    extraMetadata: {
      version,
      builtFrom: { commit, date },
      homepage: 'https://github.com/capsule-desktop/capsule-desktop',
      author: { name: 'The Capsule Desktop authors', email: 'maintainers@capsule-desktop.invalid' },
    },
    files: FILES,
    extraResources: ['THIRD-PARTY-NOTICES.txt', 'sbom.cdx.json'].map((name) => ({
      from: path.join(RESOURCES, name),
      to: name,
    })),
    // No spaces: a release's download names must be those that the feed's index lists.
    artifactName: 'capsule-desktop-${version}-${os}-${arch}.${ext}',
    asar: true,
    npmRebuild: false,
    electronLanguages: ['en-US'],
    ...(testElectron && {
      electronVersion: testElectron.version,
      electronDist: testElectron.folder,
    }),
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      // The fuses break Electron's own signature, and without a certificate the builder signs nothing: Apple silicon
      // would refuse to start the program. Acts on macOS only; a certificate signs after it.
      resetAdHocDarwinSignature: true,
    },
    protocols: [{ name: 'Capsule link', schemes: ['capsule'], role: 'Viewer' }],
    publish: { provider: 'generic', url: NO_FEED, channel: 'latest' },
    detectUpdateChannel: false,
    linux: {
      target: ['AppImage', 'deb', 'rpm'].map((target) => ({ target, arch: ['x64', 'arm64'] })),
      executableName: 'capsule-desktop',
      icon: path.join(RESOURCES, 'icons'),
      fileAssociations: [CAPSULE_FILE],
      category: 'Development',
      synopsis: 'Desktop manager for WebAssembly capsules',
      description: 'Installs and runs WebAssembly capsules, and shows the processes that they start.',
    },
    // The old toolset, which is the default, starts the program without Chromium's sandbox and needs libfuse2.
    appImage: { executableArgs: [] },
    toolsets: { appimage: '1.0.3' },
    deb: { depends: DEB_DEPENDS, ...(toTry && { compression: 'gz' }), ...scripts() },
    rpm: { depends: RPM_DEPENDS, ...scripts() },
    mac: {
      target: ['dmg', 'zip'].map((target) => ({ target, arch: ['x64', 'arm64'] })),
      fileAssociations: [CAPSULE_FILE],
      category: 'public.app-category.developer-tools',
      icon: path.join(RESOURCES, 'icons', 'icon.png'),
    },
    win: {
      target: ['nsis', 'portable'].map((target) => ({ target, arch: ['x64', 'arm64'] })),
      fileAssociations: [WINDOWS_CAPSULE_FILE],
      icon: path.join(RESOURCES, 'icons', 'icon.png'),
    },
    portable: { artifactName: 'capsule-desktop-${version}-${os}-${arch}-portable.${ext}' },
    nsis: {
      oneClick: false,
      perMachine: false,
      deleteAppDataOnUninstall: false,
      include: 'build/dist/windows/installer.nsh',
    },
  };
}

/** Run as root by dpkg and rpm. */
function scripts() {
  return {
    afterInstall: 'build/dist/linux/after-install.sh',
    afterRemove: 'build/dist/linux/after-remove.sh',
    appArmorProfile: 'build/dist/linux/apparmor-profile',
  };
}
