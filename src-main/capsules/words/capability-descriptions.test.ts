import { describe, expect, it } from 'vitest';
import { capabilityNames, noCapabilities, type Capabilities } from '../../policy/capabilities.ts';
import { capabilityViews } from './capability-descriptions.ts';

const everything: Capabilities = {
  allow_persistent: true,
  allow_prompt_injection: true,
  fs_read: ['*'],
  fs_write: ['cwd://out'],
  host_process: ['git'],
  identity: ['resolve'],
  kv: ['*'],
  net: ['example.com'],
  net_bind: ['127.0.0.1:8080'],
  net_connect: ['db.local:5432'],
  uplink: true,
  bind_workers: 4,
};

describe('capabilities in plain words', () => {
  it('has a sentence for every one, the riskiest first, then by name', () => {
    const views = capabilityViews(everything, ['net', 'host_process'], []);
    expect(views.map(({ name, risk, granted }) => [name, risk, granted])).toEqual([
      ['allow_prompt_injection', 'high', false],
      ['net', 'high', true],
      ['net_bind', 'high', false],
      ['net_connect', 'high', false],
      ['uplink', 'high', false],
      ['allow_persistent', 'medium', false],
      ['fs_write', 'medium', false],
      ['host_process', 'medium', true],
      ['fs_read', 'low', false],
      ['identity', 'low', false],
      ['kv', 'low', false],
    ]);
    expect(views).toHaveLength(capabilityNames.length);
    expect(views.every(({ sentence }) => /^[A-Z].*\.$/.test(sentence))).toBe(true);
  });

  it('says nothing of what is not asked for, granted or not', () => {
    expect(capabilityViews(noCapabilities, 'all', [])).toEqual([]);
  });

  it.each<[Partial<Capabilities>, string]>([
    [{ net: ['example.org'] }, ', not only what is named here'],
    [{ net_connect: ['example.org:443'] }, ', not only what is named here'],
    [{ net_bind: ['127.0.0.1:0'] }, ', not only what is named here'],
    [{ net: ['*'] }, ''],
    [{ net_connect: ['*:443'] }, ''],
  ])('says what %j opens to programs', (asked, more) => {
    expect(capabilityViews({ ...noCapabilities, ...asked, host_process: ['curl'] }, [], [])).toContainEqual(
      expect.objectContaining({
        risk: 'high',
        sentence: `Opens the whole network to its programs${more}: any address, this computer’s own services among them.`,
      }),
    );
  });

  it.each<[Partial<Capabilities>, string, string]>([
    [{ host_process: ['sh'] }, 'high', 'Can run any program that sh can run, inside the sandbox.'],
    [
      { host_process: ['git', '/usr/bin/python3.11', 'env'] },
      'high',
      'Can run any program that /usr/bin/python3.11 or env can run, inside the sandbox.',
    ],
    [{ host_process: ['git', 'ls'] }, 'medium', 'Can run git and ls with any arguments, inside the sandbox.'],
    [{ fs_read: ['*', 'cwd://'] }, 'low', 'Can read every file of its workspace.'],
    [{ fs_read: ['home://notes'] }, 'medium', 'Can read notes in its home folder.'],
    [{ fs_read: ['/'] }, 'high', 'Can read every file of this computer.'],
    [
      { fs_write: ['cwd://out', 'home://', '/srv/data'] },
      'high',
      'Can change and delete out in its workspace, every file of its home folder and /srv/data.',
    ],
    [{ net: ['example.com', '*'] }, 'high', 'Can exchange data with any address.'],
    [
      { net: ['example.com'] },
      'medium',
      'Can exchange data over HTTP with example.com, including subdomains.',
    ],
    [{ net_connect: ['*:*'] }, 'high', 'Can exchange data with any address.'],
    [{ net_connect: ['example.org:443'] }, 'medium', 'Can open network connections to example.org:443.'],
    [{ net_bind: ['unix:*'], bind_workers: 8 }, 'medium', 'Can accept connections on unix:*, 8 at a time.'],
    [
      { host_process: Array.from({ length: 15 }, (_, index) => `p${index}`) },
      'medium',
      'Can run p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11 and 3 more with any arguments, inside the sandbox.',
    ],
    [{ identity: ['resolve', 'admin'] }, 'high', 'Can create identities and link accounts to them.'],
    [
      { host_process: ['ls\u202e\nfine'] },
      'medium',
      'Can run ls\\u{202e}\\u{a}fine with any arguments, inside the sandbox.',
    ],
  ])('%j is %s: %s', (asked, risk, sentence) => {
    expect(capabilityViews({ ...noCapabilities, ...asked }, [], [])).toEqual([
      expect.objectContaining({ risk, sentence, granted: false }),
    ]);
  });
});
