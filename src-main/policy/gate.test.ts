import { describe, expect, it } from 'vitest';
import { Allowed, Denied, Gate, type GateServices } from './gate.ts';
import type { FolderNeed, ProgramNeed } from './need.ts';
import { withPin, type ResolvedEntry } from './resolved-entry.ts';
import { noRights, type Rights } from './rights.ts';

function gateWith(rights: Partial<Rights>, ask: GateServices['ask'] = () => Promise.resolve(false)) {
  let pins: readonly ResolvedEntry[] = [];
  const { signal } = new AbortController();
  const resolved = {
    of: () => pins,
    pin: (_capsule: string, _principal: string, entry: ResolvedEntry) => {
      // As the library does.
      pins = withPin(pins, entry);
      return Promise.resolve();
    },
  };
  const who = { capsule: 'c', principal: 'p', rights: { ...noRights, ...rights }, signal };
  return { gate: new Gate({ resolved, ask }, who), pins: () => pins, signal };
}

const folder = (real: string): FolderNeed => ({
  kind: 'folder',
  entry: '/data',
  access: 'read',
  path: '/data',
  held: { path: real },
  pinned: true,
});

const program = (real: string): ProgramNeed => ({
  kind: 'program',
  command: 'git',
  path: '/usr/bin/git',
  real,
  pinned: true,
});

describe('the gate of a call', () => {
  it('passes at once what is covered, and throws the first that is not', () => {
    const { gate } = gateWith({ host_process: ['sh'] });
    expect(gate.check([])).toBeUndefined();
    expect(gate.check([{ kind: 'command', command: 'sh' }])).toBeUndefined();
    expect(() =>
      gate.check([
        { kind: 'command', command: 'sh' },
        { kind: 'flag', capability: 'uplink' },
        { kind: 'command', command: 'bash' },
      ]),
    ).toThrow(new Denied('uplink is not granted'));
  });

  it('mints what it allows, and nobody else can', async () => {
    const { gate } = gateWith({ fs_read: ['/data'] });
    const allowed = await gate.require(folder('/data'));
    expect(allowed).toBeInstanceOf(Allowed);
    expect(allowed.value).toEqual({ path: '/data', access: 'read', held: { path: '/data' } });
    // @ts-expect-error the constructor is private
    expect(new Allowed('/etc').value).toBe('/etc');
  });

  it('fixes a name at its first use, and holds everybody to what the first has found', async () => {
    const { gate, pins } = gateWith({ host_process: ['git'] });
    const outcomes = await Promise.allSettled([gate.require(program('/one')), gate.require(program('/two'))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(pins()).toEqual([{ kind: 'program', asked: 'git', real: '/one', note: '' }]);
    await expect(gate.require(program('/two'))).rejects.toThrow(Denied);
  });

  it('lets nothing through that could not be fixed', async () => {
    const { signal } = new AbortController();
    const resolved = { of: () => [], pin: () => Promise.resolve() };
    const who = { capsule: 'c', principal: 'p', rights: { ...noRights, fs_read: ['/data'] }, signal };
    const gate = new Gate({ resolved, ask: () => Promise.resolve(true) }, who);
    await expect(gate.require(folder('/data'))).rejects.toThrow('/data could not be pinned');
  });

  it('mints a program as it was found, and nothing of a need that opens nothing of the machine', async () => {
    const { gate } = gateWith({ host_process: ['git'], uplink: true });
    expect((await gate.require(program('/usr/bin/git'))).value).toEqual({
      path: '/usr/bin/git',
      real: '/usr/bin/git',
    });
    const flag = { kind: 'flag', capability: 'uplink' } as const;
    await expect(gate.require(flag)).resolves.toBeUndefined();
  });

  it('tells who refuses and why', () => {
    expect(new Denied('uplink is not granted')).toMatchObject({
      name: 'Denied',
      message: 'Denied: uplink is not granted.',
    });
  });

  it('asks a person where only a person can say, and hands over the signal of the call', async () => {
    const asked: [string, AbortSignal][] = [];
    const { gate, signal } = gateWith({}, (question, of) => {
      asked.push([question, of]);
      return Promise.resolve(question === 'Push?');
    });
    await expect(gate.check([{ kind: 'approval', question: 'Push?' }])).resolves.toBeUndefined();
    await expect(gate.check([{ kind: 'approval', question: 'Wipe?' }])).rejects.toThrow('refused');
    await expect(
      gate.check([
        { kind: 'approval', question: 'Push?' },
        { kind: 'flag', capability: 'uplink' },
      ]),
    ).rejects.toThrow('uplink');
    expect(asked.map(([question]) => question)).toEqual(['Push?', 'Wipe?', 'Push?']);
    expect(asked.every(([, of]) => of === signal)).toBe(true);
  });
});
