import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GrantedPaths } from '../../os/files/granted-paths.ts';
import { workspaceAt } from '../../os/testing.ts';
import { Gate } from '../../policy/gate.ts';
import type { ResolvedEntry } from '../../policy/resolved-entry.ts';
import { noRights } from '../../policy/rights.ts';
import { guestCopy } from '../../testing/guests.ts';
import { startKernel } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { openProgram } from './places.ts';
import { probeIn } from '../testing.ts';

const UP = '/..'.repeat(20);

/** Ways to write another program that begin like, end like or contain a granted one. */
const SPELLINGS: readonly string[] = [
  `true ${UP}/usr/bin/bash`,
  `true  ${UP}/usr/bin/bash`,
  `true x${UP}/usr/bin/bash`,
  `true /.${UP}/usr/bin/bash`,
  `true /../bash`,
  `true${UP}/usr/bin/bash`,
  `true/../../../../../../../usr/bin/bash`,
  `/usr/bin/true ${UP}/usr/bin/bash`,
  `/usr/bin/true /../bash`,
  `/usr/bin/true/../bash`,
  `/usr/bin/true ../../bin/bash`,
  `/usr/bin/../bin/true`,
  `/usr/bin/./true`,
  `/usr//bin/true`,
  `//usr/bin/true`,
  `/usr/bin/true/`,
  `/usr/bin/true/.`,
  `/usr/bin/true `,
  ` /usr/bin/true`,
  `true `,
  ` true`,
  `true -c`,
  `true\u00a0${UP}/usr/bin/bash`,
  `./true`,
  `TRUE`,
  `true ; bash`,
  `./own ${UP}/usr/bin/bash`,
  `./own${UP}/usr/bin/bash`,
  `own`,
  `././own`,
  `bash`,
  `/usr/bin/bash`,
  `.${UP}/usr/bin/bash`,
];

const CALLS = ['process.spawn', 'process.spawnBackground', 'process.spawnPersistent'];

describe('a command', () => {
  // A kernel for each: so many starts and refusals are within the rates of one second, however fast they come.
  it.each(CALLS)('is only the very text of an entry: %s starts and fixes nothing else', async (call) => {
    const started = await startKernel();
    const folder = await guestCopy('probe', {
      '"cat", "date", "echo", "env", "false", "head", "id", "ls", "no-such-program", "printf", "prlimit", "ps",':
        '',
      '"pwd", "python3", "sh", "sleep", "true", "wc", "yes",': '"true", "/usr/bin/true", "./own"',
    });
    await started.kernel.install(folder, { grants: 'all' });
    const workspace = join(started.dataDir, 'workspaces', 'default', 'probe');
    // With these the kernel, too, finds its way along the paths that go up.
    await mkdir(join(workspace, 'true '), { recursive: true });
    await mkdir(join(workspace, 'true'));
    const probe = probeIn(started.kernel);
    for (const cmd of SPELLINGS) {
      const answer = await probe.ask(call, [{ cmd, args: ['-c', 'echo started'], env: [] }]);
      expect([cmd, answer]).toEqual([cmd, { err: { tag: 'capability-denied' } }]);
    }
    expect(started.kernel.processes()).toEqual([]);
    const refused = async (): Promise<number> =>
      (await started.audit()).filter(
        ({ outcome, reason }) => outcome === 'denied' && reason.startsWith('host_process'),
      ).length;
    await expect.poll(refused).toBe(SPELLINGS.length);
    expect((await started.audit()).filter(({ action }) => action.startsWith('host#pin'))).toEqual([]);

    for (const cmd of ['true', '/usr/bin/true']) {
      const answer = await probe.ask('process.spawn', [{ cmd, args: [], env: [] }]);
      expect(answer).toMatchObject({ ok: { exit: { exitCode: 0 } } });
    }
  });
});

describe('a program that the gate would have let pass', () => {
  it('is not opened, nor fixed as granted, when it is not an entry', async () => {
    const workspace = await realpath(await temporaryFolder());
    const pinned: ResolvedEntry[] = [];
    const resolved = {
      of: () => pinned,
      pin: (_capsule: string, _principal: string, entry: ResolvedEntry) =>
        Promise.resolve(void pinned.push(entry)),
    };
    const gate = new Gate(
      { resolved, ask: () => Promise.resolve(false) },
      {
        capsule: 'probe',
        principal: 'default',
        rights: { ...noRights, host_process: ['true', '/usr/bin/true'] },
        signal: new AbortController().signal,
      },
    );
    const paths = new GrantedPaths(await temporaryFolder());
    const places = {
      workspace: await workspaceAt(workspace),
      folders: [],
      cwd: workspace,
      home: null,
      close: () => undefined,
    };
    const open = (command: string) => openProgram({ paths }, { gate }, command, places);
    for (const command of [...SPELLINGS, 'sh']) {
      await expect(open(command), command).rejects.toThrow(
        expect.objectContaining({ name: expect.stringMatching(/^(?:Denied|TypedError)$/) }),
      );
    }
    expect(pinned).toEqual([]);
    await open('/usr/bin/true');
    expect(pinned).toMatchObject([{ kind: 'program', asked: '/usr/bin/true' }]);
  });
});
