/**
 * What can be packaged on a machine, and what not.
 *
 * @typedef {object} Plan
 * @property {'linux' | 'darwin' | 'win32'} platform
 * @property {{target: string, arch: 'x64' | 'arm64'}[]} targets
 * @property {{what: string, why: string}[]} leftOut
 */

const ARCHS = /** @type {const} */ (['x64', 'arm64']);

/** What each system's installers are; every one is made for both processors. */
const INSTALLERS = {
  linux: ['AppImage', 'deb', 'rpm'],
  darwin: ['dmg', 'zip'],
  win32: ['nsis', 'portable'],
};

/** @typedef {keyof typeof INSTALLERS} System */

/**
 * Chooses what to build. Installers of another system are never built here: each needs tools of its own system.
 *
 * @param {object} machine
 * @param {NodeJS.Platform} machine.platform
 * @param {string} machine.arch
 * @param {boolean} machine.pinnedElectron the pinned Electron could be downloaded; then the builder's tools can be too
 * @param {(program: string) => boolean} machine.has whether a program is on the path
 * @returns {Plan}
 */
export function planTargets({ platform, arch, pinnedElectron, has }) {
  if (!isSystem(platform)) {
    throw new Error(`Installers are made on Linux, macOS and Windows, not on ${platform}.`);
  }
  const leftOut = Object.keys(INSTALLERS)
    .filter((system) => system !== platform)
    .map((system) => ({
      what: INSTALLERS[/** @type {System} */ (system)].join(', '),
      why: `for ${system}: made on that system`,
    }));
  const all = INSTALLERS[platform].flatMap((target) => ARCHS.map((arch) => ({ target, arch })));
  const reasons = all.map((one) =>
    pinnedElectron ? withTools(one, has) : withTestElectron(one, platform, has),
  );
  return {
    platform,
    targets: [
      // The unpacked folder costs nothing beside an installer, and it is what can be looked into.
      { target: 'dir', arch: arch === 'arm64' ? arch : 'x64' },
      ...all.filter((_one, at) => reasons[at] === null),
    ],
    leftOut: [
      ...all.flatMap(({ target, arch }, at) => {
        const why = reasons[at];
        return typeof why === 'string' ? [{ what: `${target} ${arch}`, why }] : [];
      }),
      ...leftOut,
    ],
  };
}

/** @returns {string | null} the reason why it cannot be made */
function withTools(
  /** @type {{target: string}} */ { target },
  /** @type {(program: string) => boolean} */ has,
) {
  return target === 'rpm' && !has('rpmbuild') ? 'rpmbuild is missing (Debian: apt-get install rpm)' : null;
}

/**
 * Without GitHub there is the test Electron, for Linux x64 only, and none of the builder's own tools.
 *
 * @param {{target: string, arch: string}} one
 * @param {System} platform
 * @param {(program: string) => boolean} has
 * @returns {string | null}
 */
function withTestElectron({ target, arch }, platform, has) {
  if (platform !== 'linux') {
    return 'the pinned Electron could not be downloaded';
  }
  if (arch !== 'x64') {
    return 'the pinned Electron could not be downloaded, and the test Electron is for x64';
  }
  if (target !== 'deb') {
    return 'its tools are downloaded from GitHub, which cannot be reached';
  }
  return has('dpkg-deb') ? null : 'dpkg-deb is missing';
}

/** @returns {platform is System} */
function isSystem(/** @type {string} */ platform) {
  return Object.hasOwn(INSTALLERS, platform);
}
