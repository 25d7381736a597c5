import { describe, expect, it } from 'vitest';
import { planTargets } from './targets.mjs';

const everything = () => true;
const nothing = () => false;

/** @param {import('./targets.mjs').Plan} plan */
const names = ({ targets }) => targets.map(({ target, arch }) => `${target} ${arch}`);

describe('the plan of the installers', () => {
  it.each([
    ['linux', ['AppImage', 'deb', 'rpm']],
    ['darwin', ['dmg', 'zip']],
    ['win32', ['nsis', 'portable']],
  ])(
    'on %s has every installer for both processors, where everything can be downloaded',
    (platform, kinds) => {
      const plan = planTargets({
        platform: /** @type {NodeJS.Platform} */ (platform),
        arch: 'x64',
        pinnedElectron: true,
        has: everything,
      });
      expect(names(plan)).toEqual(['dir x64', ...kinds.flatMap((kind) => [`${kind} x64`, `${kind} arm64`])]);
      expect(plan.leftOut).toHaveLength(2);
    },
  );

  it('without GitHub has the folder and the deb, and names all the rest with a reason', () => {
    const plan = planTargets({ platform: 'linux', arch: 'x64', pinnedElectron: false, has: everything });
    expect(names(plan)).toEqual(['dir x64', 'deb x64']);
    expect(plan.leftOut.map(({ what }) => what)).toEqual([
      'AppImage x64',
      'AppImage arm64',
      'deb arm64',
      'rpm x64',
      'rpm arm64',
      'dmg, zip',
      'nsis, portable',
    ]);
    expect(plan.leftOut.every(({ why }) => why.length > 0)).toBe(true);
  });

  it('names a missing tool', () => {
    const plan = planTargets({ platform: 'linux', arch: 'x64', pinnedElectron: true, has: nothing });
    expect(names(plan)).not.toContain('rpm x64');
    expect(plan.leftOut).toContainEqual({ what: 'rpm x64', why: expect.stringContaining('rpmbuild') });
    expect(
      names(planTargets({ platform: 'linux', arch: 'x64', pinnedElectron: false, has: nothing })),
    ).toEqual(['dir x64']);
  });

  it('unpacks for the processor it runs on', () => {
    const machine = {
      platform: /** @type {const} */ ('darwin'),
      arch: 'arm64',
      pinnedElectron: true,
      has: everything,
    };
    expect(names(planTargets(machine))[0]).toBe('dir arm64');
  });

  it('refuses a system that Electron is not for', () => {
    const machine = {
      platform: /** @type {const} */ ('aix'),
      arch: 'x64',
      pinnedElectron: true,
      has: everything,
    };
    expect(() => planTargets(machine)).toThrow('not on aix');
  });
});
